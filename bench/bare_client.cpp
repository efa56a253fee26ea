#include "bare_client.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace imapferry::bench {

namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\r' || c == '\n') throw std::runtime_error("expected an argument of one line");
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

}  // namespace

BareClient::BareClient(const std::string& host, const std::string& port, Protection protection)
    : wire_(host, port, protection) {
  const std::string greeting = read_line();
  if (!greeting.starts_with("* OK")) throw std::runtime_error(fmt::format("expected a greeting, saw {}", greeting));
}

void BareClient::login(std::string_view user, std::string_view password) {
  const std::string answer = command(fmt::format("LOGIN {} {}", quoted(user), quoted(password)));
  if (!answer.starts_with("OK")) throw std::runtime_error(fmt::format("login: {}", answer));
}

void BareClient::create(std::string_view mailbox) {
  const std::string answer = command(fmt::format("CREATE {}", quoted(mailbox)));
  if (!answer.starts_with("OK") && answer.find("[ALREADYEXISTS]") == std::string::npos) {
    throw std::runtime_error(fmt::format("create {}: {}", mailbox, answer));
  }
}

void BareClient::logout() { command("LOGOUT"); }

std::string BareClient::command(std::string_view line) {
  const std::string tag = fmt::format("s{} ", ++tags_);
  const std::string bytes = fmt::format("{}{}\r\n", tag, line);
  for (std::size_t sent = 0; sent < bytes.size();) {
    sent += wire_.exchange(std::string_view(bytes).substr(sent), received_);
  }
  for (;;) {
    std::string answer = read_line();
    if (answer.starts_with(tag)) return answer.substr(tag.size());
  }
}

std::string BareClient::tag_of(std::size_t command) { return fmt::format("a{}", command); }

void BareClient::run_pipelined(const std::vector<std::string>& commands, std::size_t depth) {
  std::size_t begun = 0;
  std::size_t confirmed = 0;
  std::string_view rest;
  std::string line;
  while (confirmed < commands.size()) {
    if (rest.empty() && begun < commands.size() && begun - confirmed < depth) rest = commands[begun++];
    rest.remove_prefix(wire_.exchange(rest, received_));
    while (next_line(line)) {
      if (line.starts_with("*")) continue;
      if (!line.starts_with(fmt::format("{} OK", tag_of(confirmed)))) {
        throw std::runtime_error(fmt::format("expected {} OK, saw {}", tag_of(confirmed), line));
      }
      ++confirmed;
    }
  }
}

std::string BareClient::read_line() {
  std::string line;
  while (!next_line(line)) wire_.exchange({}, received_);
  return line;
}

bool BareClient::next_line(std::string& line) {
  const std::size_t end = received_.find("\r\n", read_up_to_);
  if (end == std::string::npos) {
    received_.erase(0, read_up_to_);
    read_up_to_ = 0;
    if (received_.size() > longest_line) throw std::runtime_error("the server sent an endless line");
    return false;
  }
  line.assign(received_, read_up_to_, end - read_up_to_);
  read_up_to_ = end + 2;
  return true;
}

}  // namespace imapferry::bench
