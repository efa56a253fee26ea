// The floor: how fast a server takes messages from a client that does nothing else.
#include "bare_client.hpp"
#include "corpus.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench {
namespace {

constexpr std::string_view usage_text =
    "usage: bench_floor --corpus FILE --host HOST --port PORT --user USER --password PASSWORD\n"
    "                   [--folder INBOX] [--mailboxes 1] [--count ALL] [--batch 100] [--depth 2] [--tls 0|1]\n"
    "Writes the corpus with pipelined MULTIAPPENDs on one connection, and prints as JSON how long that took, from the\n"
    "first byte of the first APPEND to the last OK. Message i of n goes to mailbox i*K/n: the first is FOLDER, the\n"
    "others are Box-2, Box-3, ...\n";

constexpr std::size_t most_bytes_in_a_batch = std::size_t{16} << 20;

using Options = std::map<std::string, std::string, std::less<>>;

Options parse_options(const std::vector<std::string>& arguments) {
  Options options = {{"--folder", "INBOX"}, {"--mailboxes", "1"}, {"--count", "0"},  {"--batch", "100"},
                     {"--depth", "2"},      {"--tls", "0"},       {"--corpus", ""},  {"--host", "127.0.0.1"},
                     {"--port", ""},        {"--user", ""},       {"--password", ""}};
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const auto known = options.find(arguments[i]);
    if (known == options.end()) throw std::invalid_argument(fmt::format("unknown option {}", arguments[i]));
    if (i + 1 == arguments.size()) throw std::invalid_argument(fmt::format("{} needs a value", arguments[i]));
    known->second = arguments[i + 1];
  }
  for (const std::string_view needed : {"--corpus", "--port", "--user", "--password"}) {
    if (options.find(needed)->second.empty()) throw std::invalid_argument(fmt::format("{} is missing", needed));
  }
  return options;
}

std::size_t number(const Options& options, std::string_view name, std::size_t least) {
  const std::string& text = options.find(name)->second;
  std::size_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || value < least) {
    throw std::invalid_argument(fmt::format("{}: expected a number from {}, saw \"{}\"", name, least, text));
  }
  return value;
}

struct Plan {
  std::vector<std::string> mailboxes;
  std::vector<std::string> commands;
  std::size_t messages = 0;
  std::size_t message_bytes = 0;
};

// Every command is laid out beforehand, so that the clock sees nothing but the wire.
Plan make_plan(const std::vector<CorpusMessage>& messages, const Options& options) {
  Plan plan;
  const std::size_t wanted = number(options, "--count", 0);
  const std::size_t count = wanted == 0 ? messages.size() : wanted;
  if (count > messages.size()) throw std::invalid_argument(fmt::format("the corpus has {} messages", messages.size()));
  const std::size_t boxes = number(options, "--mailboxes", 1);
  const std::size_t batch = number(options, "--batch", 1);
  plan.messages = count;
  plan.mailboxes.push_back(options.find("--folder")->second);
  for (std::size_t i = 2; i <= boxes; ++i) plan.mailboxes.push_back(fmt::format("Box-{}", i));

  std::size_t in_batch = 0;
  std::size_t box_of_batch = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const CorpusMessage& message = messages[i];
    const std::size_t box = i * boxes / count;
    const bool fits = in_batch > 0 && in_batch < batch && box == box_of_batch &&
                      plan.commands.back().size() + message.bytes.size() <= most_bytes_in_a_batch;
    if (!fits) {
      if (!plan.commands.empty()) plan.commands.back() += "\r\n";
      plan.commands.push_back(
          fmt::format("{} APPEND \"{}\"", BareClient::tag_of(plan.commands.size()), plan.mailboxes[box]));
      in_batch = 0;
      box_of_batch = box;
    }
    plan.commands.back() += fmt::format(" {} \"{}\" {{{}+}}\r\n", flag_list(message.flags),
                                        date_time(message.internal_date), message.bytes.size());
    plan.commands.back() += message.bytes;
    plan.message_bytes += message.bytes.size();
    ++in_batch;
  }
  if (!plan.commands.empty()) plan.commands.back() += "\r\n";
  return plan;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

rusage used_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}

void run(const Options& options) {
  const Corpus corpus(options.find("--corpus")->second);
  const Plan plan = make_plan(corpus.messages(), options);
  const Protection protection = number(options, "--tls", 0) != 0 ? Protection::tls : Protection::none;
  BareClient client(options.find("--host")->second, options.find("--port")->second, protection);
  client.login(options.find("--user")->second, options.find("--password")->second);
  for (const std::string& mailbox : plan.mailboxes) {
    if (mailbox != "INBOX") client.create(mailbox);
  }

  const rusage before = used_so_far();
  const auto start = std::chrono::steady_clock::now();
  client.run_pipelined(plan.commands, number(options, "--depth", 1));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const rusage after = used_so_far();
  client.logout();
  fmt::print(R"({{"messages": {}, "bytes": {}, "commands": {}, "seconds": {:.6f}, "user": {:.6f}, "system": {:.6f}}})"
             "\n",
             plan.messages, plan.message_bytes, plan.commands.size(), elapsed.count(),
             seconds_of(after.ru_utime) - seconds_of(before.ru_utime),
             seconds_of(after.ru_stime) - seconds_of(before.ru_stime));
}

}  // namespace
}  // namespace imapferry::bench

int main(int argc, char** argv) {
  try {
    imapferry::bench::run(imapferry::bench::parse_options(std::vector<std::string>(argv + 1, argv + argc)));
    return 0;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "bench_floor: {}\n{}", error.what(), imapferry::bench::usage_text);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_floor: {}\n", error.what());
    return 1;
  }
}
