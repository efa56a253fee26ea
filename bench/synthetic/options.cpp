#include "options.hpp"

#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

namespace imapferry::bench::synthetic {

const std::string_view usage_text =
    "usage: synthetic_server source|sink [OPTION VALUE]...\n"
    "  --listen HOST:PORT           127.0.0.1:0; port 0: any, told as \"ready PORT\"\n"
    "  --seed N                     1; with what follows it determines every message\n"
    "  --mailboxes K                1: in each account\n"
    "  --messages M                 1000: in each mailbox\n"
    "  --size BYTES                 8192: of a message, about\n"
    "  --spread SIGMA               0: of log-normal sizes\n"
    "  --new-percent P              0: so many more messages after the delta, in percent\n"
    "  --flags-changed-percent P    0: so many of the others with other flags\n"
    "  --users N                    1: accounts that a sink should end up with\n"
    "  --capability \"NAME...\"       instead of the usual capabilities\n"
    "  --without NAME,...           the usual ones but these\n"
    "  --cert FILE, --key FILE      PEM, for --tls\n"
    "  --report FILE                where the report is written on SIGUSR1, and at the end\n"
    "Flags: --tls (from the first byte), --after-delta (begin with the delta done).\n"
    "SIGUSR2 does the delta, SIGTERM prints the report and ends.\n";

namespace {

constexpr std::string_view usual_capabilities =
    "IMAP4rev1 SASL-IR AUTH=PLAIN ID ENABLE NAMESPACE UNSELECT UIDPLUS LITERAL+ MULTIAPPEND LIST-EXTENDED LIST-STATUS "
    "SPECIAL-USE STATUS=SIZE CONDSTORE QRESYNC";

using Values = std::map<std::string, std::string, std::less<>>;

Values read_values(const std::vector<std::string>& arguments) {
  Values values = {{"--listen", "127.0.0.1:0"},
                   {"--seed", "1"},
                   {"--mailboxes", "1"},
                   {"--messages", "1000"},
                   {"--size", "8192"},
                   {"--spread", "0"},
                   {"--new-percent", "0"},
                   {"--users", "1"},
                   {"--flags-changed-percent", "0"},
                   {"--without", ""},
                   {"--cert", ""},
                   {"--capability", std::string(usual_capabilities)},
                   {"--key", ""},
                   {"--report", ""},
                   {"--tls", ""},
                   {"--after-delta", ""}};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const auto known = values.find(arguments[i]);
    if (known == values.end()) throw std::invalid_argument(fmt::format("unknown option {}", arguments[i]));
    if (known->first == "--tls" || known->first == "--after-delta") {
      known->second = "yes";
    } else {
      if (++i == arguments.size()) throw std::invalid_argument(fmt::format("{} needs a value", known->first));
      known->second = arguments[i];
    }
  }
  return values;
}

template <class Number>
Number number(const Values& values, std::string_view name, Number least, Number most) {
  const std::string& text = values.find(name)->second;
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !(value >= least && value <= most)) {
    throw std::invalid_argument(
        fmt::format("{}: expected a number from {} to {}, saw \"{}\"", name, least, most, text));
  }
  return value;
}

void read_address(const Values& values, Options& options) {
  const std::string& text = values.find("--listen")->second;
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  if (colon == std::string::npos || std::from_chars(text.data() + colon + 1, end, port).ptr != end) {
    throw std::invalid_argument(fmt::format("--listen: expected HOST:PORT, saw \"{}\"", text));
  }
  options.host = text.substr(0, colon);
  options.port = port;
}

imap::proto::Capabilities read_capabilities(const Values& values) {
  const auto offered = imap::proto::Capabilities::parse(values.find("--capability")->second);
  std::string without = values.find("--without")->second;
  std::replace(without.begin(), without.end(), ',', ' ');
  const auto unwanted = imap::proto::Capabilities::parse(without);
  imap::proto::Capabilities capabilities;
  for (const std::string& name : offered.names()) {
    if (!unwanted.has(name)) capabilities.add(name);
  }
  return capabilities;
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  if (arguments.empty() || (arguments[0] != "source" && arguments[0] != "sink")) {
    throw std::invalid_argument("expected source or sink");
  }
  options.role = arguments[0] == "source" ? Role::source : Role::sink;
  const Values values = read_values(arguments);
  const auto text = [&values](std::string_view name) { return values.find(name)->second; };
  read_address(values, options);
  options.tls = !text("--tls").empty();
  options.certificate = text("--cert");
  options.key = text("--key");
  options.report = text("--report");
  options.after_delta = !text("--after-delta").empty();
  options.capabilities = read_capabilities(values);
  options.users = number<std::uint32_t>(values, "--users", 1, 1'000'000);
  Shape& shape = options.shape;
  shape.seed = number<std::uint64_t>(values, "--seed", 0, UINT64_MAX);
  shape.mailboxes = number<std::uint32_t>(values, "--mailboxes", 1, 100'000);
  shape.messages = number<std::uint32_t>(values, "--messages", 0, 1'000'000'000);
  shape.size = number<std::uint64_t>(values, "--size", 1, std::uint64_t{1} << 31);
  shape.spread = number<double>(values, "--spread", 0, 10);
  shape.new_percent = number<double>(values, "--new-percent", 0, 100);
  shape.changed_percent = number<double>(values, "--flags-changed-percent", 0, 100);
  if (options.tls && (options.certificate.empty() || options.key.empty())) {
    throw std::invalid_argument("--tls needs --cert and --key");
  }
  return options;
}

}  // namespace imapferry::bench::synthetic
