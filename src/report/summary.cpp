#include "report/summary.hpp"

#include "core/failure.hpp"
#include "report/exit_code.hpp"
#include "report/format.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace imapferry::report {

namespace {

std::string prefix(const RunTally& tally, std::size_t account) {
  if (tally.accounts().size() < 2) return {};
  return fmt::format("[{}] ", core::printable(tally.accounts()[account].name));
}

/// The lines of the summary: a label, what it counts, and beneath it what has to be named.
class Lines {
 public:
  void row(std::string_view label, std::string_view value) { out_ += fmt::format("  {:<16}{}\n", label, value); }
  void item(std::string_view text) { out_ += fmt::format("    {}\n", text); }
  void more(std::uint64_t count) {
    if (count > 0) item(fmt::format("and {} more", format_count(count)));
  }
  void line(std::string_view text) { out_ += fmt::format("{}\n", text); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void add_part(std::string& text, std::uint64_t count, std::string_view what) {
  if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), what);
}

void add_accounts(Lines& lines, const RunTally& tally) {
  std::string parts;
  add_part(parts, tally.accounts_in(AccountState::done), "done");
  add_part(parts, tally.accounts_in(AccountState::failed), "failed");
  add_part(parts, tally.accounts_in(AccountState::stopped), "stopped");
  add_part(parts, tally.accounts_in(AccountState::in_work), "not finished");
  add_part(parts, tally.accounts_in(AccountState::waiting), "not begun");
  lines.row("accounts", tally.accounts().size() > 1 ? format_count(tally.accounts().size()) + ": " + parts : parts);
  std::uint64_t named = 0;
  std::uint64_t more = 0;
  for (std::size_t i = 0; i < tally.accounts().size(); ++i) {
    const AccountTally& account = tally.accounts()[i];
    if (account.state != AccountState::failed && account.state != AccountState::stopped) continue;
    if (++named > RunTally::list_limit) {
      ++more;
      continue;
    }
    lines.item(prefix(tally, i) + (account.state == AccountState::failed
                                       ? "failed: " + describe(*account.failure, account.side)
                                       : std::string("stopped")));
  }
  lines.more(more);
}

void add_mailboxes(Lines& lines, const RunTally& tally, const SummaryFacts& facts) {
  const Counts& sums = tally.totals();
  std::string parts;
  if (facts.task == Task::copy) add_part(parts, sums.mailboxes_done, "done");
  if (facts.is_dry) {
    add_part(parts, sums.mailboxes_missing, "would be created");
  } else {
    add_part(parts, sums.mailboxes_created, "created");
  }
  add_part(parts, sums.mailboxes_deleted, "deleted");
  add_part(parts, sums.would_delete_mailboxes, "would be deleted");
  add_part(parts, sums.deletions_failed, "could not be deleted");
  add_part(parts, sums.reports_failed, "without the report");
  add_part(parts, sums.mailboxes_failed, "failed");
  add_part(parts, sums.mailboxes_missed, "not looked at");
  add_part(parts, sums.mailboxes_left_out, "left out");
  add_part(parts, sums.mailboxes_empty, "empty and not created");
  lines.row("mailboxes", format_count(sums.mailboxes) + (parts.empty() ? "" : ": ") + parts);
  for (const FailedMailbox& failed : tally.failed_mailboxes()) {
    lines.item(fmt::format("{}{}: {}", prefix(tally, failed.account),
                           pair_name(failed.mailbox.source, failed.mailbox.destination),
                           describe(failed.mailbox.failure, std::nullopt)));
  }
  lines.more(sums.mailbox_failures - std::min<std::uint64_t>(sums.mailbox_failures, tally.failed_mailboxes().size()));
}

void add_refused(Lines& lines, const RunTally& tally) {
  const Counts& sums = tally.totals();
  lines.row("refused", format_count(sums.refused));
  for (const RefusedMessage& refused : tally.refused()) {
    lines.item(prefix(tally, refused.account) + describe(refused.message));
  }
  lines.more(sums.refused - std::min<std::uint64_t>(sums.refused, tally.refused().size()));
}

/// A number of messages, and beneath it how many for which reason.
void add_reasons(Lines& lines, std::string_view label, std::uint64_t all,
                 const std::map<std::string, std::uint64_t, std::less<>>& reasons) {
  if (all == 0) return;
  lines.row(label, format_count(all));
  std::uint64_t named = 0;
  for (const auto& [what, count] : reasons) {
    named += count;
    lines.item(fmt::format("{} x {}", format_count(count), core::printable(what)));
  }
  lines.more(all - std::min(all, named));
}

void add_messages(Lines& lines, const RunTally& tally, const SummaryFacts& facts) {
  const Counts& sums = tally.totals();
  lines.row("messages", format_count(sums.source_messages) + " on the source");
  if (facts.is_dry) {
    lines.row("would be copied",
              fmt::format("{} ({})", format_count(sums.would_copy), format_bytes(sums.bytes_would_copy)));
  } else {
    lines.row("copied", fmt::format("{} ({})", format_count(sums.copied), format_bytes(sums.bytes_copied)));
  }
  lines.row("already there", format_count(sums.already_there));
  lines.row("duplicates", format_count(sums.duplicates));
  if (sums.left_out > 0) {
    lines.row("left out", fmt::format("{} ({}), by the options given", format_count(sums.left_out),
                                      format_bytes(sums.bytes_left_out)));
  }
  const auto add_deleted = [&](std::string_view side, std::uint64_t messages) {
    if (messages == 0) return;
    lines.row(facts.is_dry ? "would delete" : "deleted", fmt::format("{} on the {}", format_count(messages), side));
  };
  add_deleted("source", facts.is_dry ? sums.would_delete_source : sums.deleted_source);
  add_deleted("destination", facts.is_dry ? sums.would_delete_destination : sums.deleted_destination);
  add_refused(lines, tally);
  const std::uint64_t undone = sums.left + sums.abandoned + sums.unaccounted;
  if (undone > 0) lines.row("not copied", format_count(undone));
  add_reasons(lines, "skipped", sums.skipped, tally.skips());
  add_reasons(lines, "changed", sums.changed, tally.changes());
  if (facts.is_dry) {
    lines.row("flags", fmt::format("of {} would be brought in line", format_count(sums.would_set_flags, "message")));
  } else {
    lines.row("flags", fmt::format("of {} brought in line", format_count(sums.flags_set, "message")));
  }
  if (sums.labels_set > 0) lines.row("labels", fmt::format("of {} set", format_count(sums.labels_set, "message")));
  if (sums.would_set_labels > 0) {
    lines.row("labels", fmt::format("of {} would be set", format_count(sums.would_set_labels, "message")));
  }
}

void add_sizes(Lines& lines, const AccountTally& account, sync::Side side) {
  const auto row = [&](std::string_view name, const MailboxSize& size) {
    lines.line(fmt::format("  {}{:>12}{:>12}{:>12}", fit_exactly(name, 40), format_count(size.messages),
                           format_bytes(size.bytes), format_bytes(size.biggest)));
  };
  lines.line(fmt::format("  {:<40}{:>12}{:>12}{:>12}", name_of(side), "messages", "bytes", "biggest"));
  std::size_t rows = 0;
  for (const MailboxSize& size : account.sizes) {
    if (size.side != side) continue;
    row(core::printable(size.name), size);
    ++rows;
  }
  row(format_count(rows, "mailbox") + " in all", account.size_sums[side == sync::Side::source ? 0 : 1]);
}

void add_size_tables(Lines& lines, const RunTally& tally) {
  for (std::size_t i = 0; i < tally.accounts().size(); ++i) {
    const AccountTally& account = tally.accounts()[i];
    if (tally.accounts().size() > 1) lines.line(core::printable(account.name));
    add_sizes(lines, account, sync::Side::source);
    add_sizes(lines, account, sync::Side::destination);
    if (account.sizes_dropped > 0) {
      lines.line(fmt::format("  {} are in the totals only: there are too many",
                             format_count(account.sizes_dropped, "mailbox")));
    }
    lines.line("");
  }
}

void add_costs(Lines& lines, const RunTally& tally, const SummaryFacts& facts) {
  const Counts& sums = tally.totals();
  if (sums.retries > 0) lines.row("retries", format_count(sums.retries));
  lines.row("time", format_duration(facts.elapsed));
  const double seconds = static_cast<double>(facts.elapsed.count()) / 1000;
  if (sums.copied > 0 && seconds > 0) {
    const auto bytes = static_cast<std::uint64_t>(static_cast<double>(sums.bytes_copied) / seconds);
    lines.row("rate", fmt::format("{} messages/s, {}/s", format_rate(static_cast<double>(sums.copied) / seconds),
                                  format_bytes(bytes)));
  }
  if (facts.peak_memory > 0) lines.row("peak memory", format_bytes(facts.peak_memory));
}

/// Why a run is not complete, most serious first.
std::string reasons(const RunTally& tally) {
  const Counts& sums = tally.totals();
  std::string out;
  const auto add = [&](std::uint64_t count, std::string_view noun, std::string_view what) {
    if (count > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", format_count(count, noun), what);
  };
  add(tally.accounts_in(AccountState::failed), "account", "failed");
  add(tally.accounts_in(AccountState::stopped), "account", "stopped");
  add(tally.accounts_in(AccountState::in_work), "account", "not finished");
  add(tally.accounts_in(AccountState::waiting), "account", "not begun");
  add(sums.mailboxes_failed, "mailbox", "failed");
  add(sums.mailboxes_missed, "mailbox", "not looked at");
  add(sums.deletions_failed, "mailbox", "not deleted");
  add(sums.reports_failed, "report", "not put into its mailbox");
  add(sums.refused, "message", "refused");
  add(sums.left + sums.abandoned + sums.unaccounted, "message", "not copied");
  return out;
}

std::string_view success(const SummaryFacts& facts) {
  switch (facts.task) {
  case Task::copy: return facts.is_dry ? "nothing was changed: this was a dry run" : "everything is there";
  case Task::folders:
    return facts.is_dry ? "nothing was changed: this was a dry run"
                        : "every mailbox is there (messages were not asked for)";
  case Task::folder_sizes: return "everything was counted";
  case Task::folder_names: return "nothing was changed: only names were asked for";
  case Task::connect: return "every server answers";
  case Task::login: return "both servers have let us in";
  }
  return "everything is there";
}

}  // namespace

std::string summary(const RunTally& tally, const SummaryFacts& facts) {
  Lines lines;
  if (facts.task == Task::folder_sizes) add_size_tables(lines, tally);
  lines.line("Summary");
  add_accounts(lines, tally);
  if (facts.task == Task::copy || facts.task == Task::folders) add_mailboxes(lines, tally, facts);
  if (facts.task == Task::copy) add_messages(lines, tally, facts);
  add_costs(lines, tally, facts);
  const int code = exit_code(tally);
  if (!facts.log_file.empty()) lines.row("log file", core::printable(facts.log_file));
  if (facts.tells_exit_value) lines.line(fmt::format("Exiting with return value {} ({})", code, describe(code)));
  lines.line(tally.is_complete() ? fmt::format("Result: {}", success(facts))
                                 : fmt::format("Result: NOT complete: {}", reasons(tally)));
  return lines.take();
}

}  // namespace imapferry::report
