#include "report/status.hpp"

#include "core/failure.hpp"
#include "report/format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>

namespace imapferry::report {

using State = store::AccountOutcome::State;

namespace {

constexpr std::size_t most_refused_shown = 10;

std::string_view name_of(State state) {
  switch (state) {
  case State::running: return "unfinished";
  case State::finished: return "finished";
  case State::partial: return "partial";
  case State::failed: return "failed";
  }
  return "unfinished";
}

std::string time_text(std::int64_t unix_seconds) {
  if (unix_seconds == 0) return "-";
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  localtime_r(&time, &local);
  return fmt::format("{:%Y-%m-%d %H:%M}", local);
}

/// What a run now would have to do, as far as the store can tell without the servers.
std::string left_text(const store::AccountSummary& account) {
  if (account.mailboxes == 0) return "everything";
  std::string text;
  if (account.left_messages > 0) text = fmt::format("copies {}, ", format_count(account.left_messages, "message"));
  const std::uint64_t open = account.mailboxes - std::min(account.mailboxes, account.settled_mailboxes);
  if (open > 0) text += fmt::format("compares {}, ", format_count(open, "mailbox"));
  const bool is_whole = account.last.state == State::finished || account.last.state == State::partial;
  if (!is_whole) text += "goes through mailboxes that the last run did not reach, ";
  return text.empty() ? "looks what has changed since" : text + "looks what has changed";
}

/// JSON is UTF-8; a server's words may be anything.
std::string utf8(std::string_view text) { return core::printable(text, 1000); }

}  // namespace

std::string status_text(const std::vector<store::AccountSummary>& accounts, std::string_view directory) {
  std::string out = fmt::format("{} in {}\n", format_count(accounts.size(), "account"), core::printable(directory));
  std::size_t width = 7;
  for (const store::AccountSummary& account : accounts) width = std::max(width, core::printable(account.name).size());
  width = std::min<std::size_t>(width, 40);
  if (!accounts.empty()) {
    out += fmt::format("\n{:<{}}  {:<10}  {:<16}  {:>5}  {:>10}  {:>9}  {:>7}  {}\n", "account", width, "state",
                       "last run", "runs", "copied", "bytes", "refused", "a run now");
  }
  for (const store::AccountSummary& account : accounts) {
    const std::int64_t when = account.last.finished != 0 ? account.last.finished : account.last.started;
    out +=
        fmt::format("{:<{}}  {:<10}  {:<16}  {:>5}  {:>10}  {:>9}  {:>7}  {}\n", core::printable(account.name), width,
                    name_of(account.last.state), time_text(when), account.runs, format_count(account.total_messages),
                    format_bytes(account.total_bytes), account.last.refused, left_text(account));
    if (!account.last.reason.empty()) out += fmt::format("    {}\n", core::printable(account.last.reason));
    std::size_t shown = 0;
    for (const auto& [mailbox, message] : account.refused) {
      if (++shown > most_refused_shown) break;
      out += fmt::format("    refused: {}, UID {}, {}: {}\n", core::printable(mailbox), message.uid,
                         format_bytes(message.size), core::printable(message.reason));
    }
    if (account.refused.size() > most_refused_shown) {
      out += fmt::format("    and {} more refused\n", account.refused.size() - most_refused_shown);
    }
  }
  return out;
}

std::string status_json(const std::vector<store::AccountSummary>& accounts) {
  nlohmann::json list = nlohmann::json::array();
  for (const store::AccountSummary& account : accounts) {
    nlohmann::json refused = nlohmann::json::array();
    for (const auto& [mailbox, message] : account.refused) {
      refused.push_back(
          {{"mailbox", utf8(mailbox)}, {"uid", message.uid}, {"size", message.size}, {"reason", utf8(message.reason)}});
    }
    list.push_back({
        {"account", utf8(account.name)},
        {"host1", utf8(account.key.source_server)},
        {"user1", utf8(account.key.source_login)},
        {"host2", utf8(account.key.destination_server)},
        {"user2", utf8(account.key.destination_login)},
        {"state", name_of(account.last.state)},
        {"reason", utf8(account.last.reason)},
        {"started", account.last.started},
        {"finished", account.last.finished},
        {"messages", account.last.messages},
        {"bytes", account.last.bytes},
        {"runs", account.runs},
        {"total_messages", account.total_messages},
        {"total_bytes", account.total_bytes},
        {"mailboxes", account.mailboxes},
        {"settled_mailboxes", account.settled_mailboxes},
        {"source_messages", account.known_messages},
        {"left_messages", account.left_messages},
        {"refused", refused},
    });
  }
  return list.dump(2) + "\n";
}

}  // namespace imapferry::report
