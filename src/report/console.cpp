#include "report/console.hpp"

#include "core/failure.hpp"
#include "report/display.hpp"
#include "report/format.hpp"
#include "report/hint.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::report {

namespace {

constexpr std::chrono::milliseconds redraw_distance{100};
constexpr std::chrono::seconds progress_distance{10};
constexpr std::size_t most_pairs_shown = 1000;
constexpr std::size_t longest_name = 4096;

/// "1,234 copied (1.2 MiB), 56 already there, ...": what is 0 is left out, except the first.
std::string figures(const MailboxTally& mailbox) {
  const bool is_dry = mailbox.would_copy > 0;
  std::string out = is_dry ? fmt::format("{} would be copied ({})", format_count(mailbox.would_copy),
                                         format_bytes(mailbox.bytes_would_copy))
                           : fmt::format("{} copied", format_count(mailbox.copied));
  if (mailbox.copied > 0) out += fmt::format(" ({})", format_bytes(mailbox.bytes_copied));
  if (mailbox.found() > 0) out += fmt::format(", {} already there", format_count(mailbox.found()));
  if (mailbox.duplicates > 0) out += fmt::format(", {}", format_count(mailbox.duplicates, "duplicate"));
  if (mailbox.skipped > 0) out += fmt::format(", {} skipped", format_count(mailbox.skipped));
  if (mailbox.refused > 0) out += fmt::format(", {} refused", format_count(mailbox.refused));
  if (mailbox.unresolved > 0) out += fmt::format(", {} not done", format_count(mailbox.unresolved));
  if (mailbox.would_set_flags > 0) {
    out += fmt::format(", flags of {} would be brought in line", format_count(mailbox.would_set_flags));
  }
  if (mailbox.would_set_labels > 0) {
    out += fmt::format(", labels of {} would be brought in line", format_count(mailbox.would_set_labels));
  }
  return out;
}

std::string figures(const AccountTally& account) {
  const Counts& counts = account.counts;
  const std::string spent =
      format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(account.finished - account.started));
  if (counts.mapped == 0) return spent;
  std::string out = format_count(counts.mailboxes, "mailbox");
  if (counts.would_copy > 0) {
    out += fmt::format(", {} would be copied ({})", format_count(counts.would_copy, "message"),
                       format_bytes(counts.bytes_would_copy));
  } else {
    out += fmt::format(", {} copied ({})", format_count(counts.copied, "message"), format_bytes(counts.bytes_copied));
  }
  if (counts.mailboxes_failed > 0) out += fmt::format(", {} failed", format_count(counts.mailboxes_failed, "mailbox"));
  if (counts.skipped > 0) out += fmt::format(", {} skipped", format_count(counts.skipped, "message"));
  if (counts.refused > 0) out += fmt::format(", {} refused", format_count(counts.refused, "message"));
  return out + ", " + spent;
}

}  // namespace

Console::Console(Output& output, ConsoleMode mode, const RunTally& tally)
    : output_(output), mode_(mode), tally_(tally) {
  if (mode_ == ConsoleMode::automatic) mode_ = output_.is_terminal() ? ConsoleMode::live : ConsoleMode::plain;
}

void Console::on(const run::RunEvent& event, run::Clock::time_point now) {
  if (std::holds_alternative<run::RunStarted>(event)) progress_.sample(tally_.totals(), now);
  std::visit([this](const auto& happened) { show(happened); }, event);
}

void Console::on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point) {
  is_active_ = true;
  std::visit([&](const auto& happened) { show(account, happened); }, event);
}

void Console::show(const run::AccountRef& account, const sync::Event& event) {
  std::visit([&](const auto& happened) { show(account, happened); }, event);
}

void Console::tick(run::Clock::time_point now) {
  if (is_finished_ || mode_ == ConsoleMode::none) return;
  progress_.sample(tally_.totals(), now);
  if (!last_output_) last_output_ = now - (is_plain() ? run::Clock::duration::zero() : redraw_distance);
  if (mode_ == ConsoleMode::live) {
    if (now - *last_output_ < redraw_distance) return;
    draw();
  } else {
    if (!is_active_ || now - *last_output_ < progress_distance) return;
    print_line("progress: " + overview(tally_, progress_));
    is_active_ = false;
  }
  last_output_ = now;
}

void Console::draw() {
  std::string frame;
  const auto lines = display(tally_, progress_, output_.width(), output_.height());
  for (const std::string& line : lines) frame += line + "\x1b[K\n";
  if (rows_ > 0 && frame == frame_) return;
  // Up to the first row; what is left of a longer frame before is erased at the end.
  const std::string begin = rows_ > 0 ? fmt::format("\x1b[{}A", rows_) : std::string();
  const std::string end = rows_ > lines.size() ? "\x1b[J" : "";
  output_.write(begin + frame + end);
  frame_ = frame;
  rows_ = lines.size();
}

void Console::clear() {
  if (rows_ > 0) output_.write(fmt::format("\x1b[{}A\x1b[J", rows_));
  rows_ = 0;
}

void Console::print_line(std::string_view line) { print_lines(fmt::format("{}\n", line)); }

void Console::print_lines(std::string_view lines) {
  // The next tick draws the display again, beneath.
  clear();
  output_.write(lines);
}

void Console::print_status(run::Clock::time_point now) {
  progress_.sample(tally_.totals(), now);
  print_line("status: " + overview(tally_, progress_));
}

std::string Console::prefix(const run::AccountRef& account) const {
  return tally_.accounts().size() > 1 ? fmt::format("[{}] ", core::printable(account.name)) : std::string();
}

void Console::print(const run::AccountRef& account, std::string_view text) {
  print_line(fmt::format("{}{}", prefix(account), text));
}

void Console::print_hint(const core::Failure& failure, std::optional<sync::Side> side) {
  // A thousand accounts can fail for one reason.
  const std::string text = hint(failure, side);
  if (!text.empty() && hints_given_.insert(text).second) print_line("  " + text);
}

void Console::show(const run::RunStarted& event) {
  if (!is_plain()) return;
  print_line(fmt::format("{} -> {}, {}", core::printable(event.source_host), core::printable(event.destination_host),
                         format_count(event.accounts, "account")));
}

void Console::show(const run::StopRequested& event) {
  print_line(fmt::format("{}: what is in flight is finished, nothing new begins", event.signal));
}

void Console::show(const run::RunFinished&) {
  clear();
  is_finished_ = true;
}

void Console::show(const run::AccountRef& account, const run::AccountStarted&) {
  if (is_plain() && !prefix(account).empty()) print(account, "started");
}

void Console::show(const run::AccountRef& account, const run::AccountFinished& event) {
  const AccountTally& tally = tally_.accounts()[account.number];
  if (tally.state == AccountState::failed) {
    print(account, "failed: " + describe(*tally.failure, tally.side));
    print_hint(*tally.failure, event.side);
  } else if (is_plain()) {
    print(account, (tally.state == AccountState::stopped ? "stopped: " : "done: ") + figures(tally));
  }
}

void Console::show(const run::AccountRef& account, const run::ReportsPlaced& event) {
  for (const run::ReportPlaced& place : event.places) {
    if (place.failure) {
      print(account, "the report was not put into INBOX: " + describe(*place.failure, place.side));
    } else if (is_plain()) {
      print(account, fmt::format("{}: the report is in INBOX", name_of(place.side)));
    }
  }
}

void Console::show(const run::AccountRef& account, const sync::Connected& event) {
  if (!is_plain()) return;
  const std::string protection = event.protection.empty() ? "not encrypted" : core::printable(event.protection);
  const std::string software = event.software.empty() ? "" : ", " + core::printable(event.software, 100);
  print(account, fmt::format("{}: connected to {}, {}{}", name_of(event.side), core::printable(event.server),
                             protection, software));
}

void Console::show(const run::AccountRef& account, const sync::MailboxesListed& event) {
  // It is what was asked for.
  print(account, fmt::format("{}: {}", name_of(event.side), format_count(event.mailboxes.size(), "mailbox")));
  for (const auto& mailbox : event.mailboxes) {
    const std::string notes = mailbox.notes.empty() ? "" : fmt::format(" ({})", core::printable(mailbox.notes));
    print(account, fmt::format("  {}{}", core::printable(mailbox.name, longest_name), notes));
  }
}

/// Where everything goes, for one account; for many only when nothing else was asked for.
void Console::show(const run::AccountRef& account, const sync::MailboxesMapped& event) {
  if (!event.is_the_end && !is_plain()) return;
  const std::uint64_t missing = tally_.accounts()[account.number].counts.mailboxes_missing;
  std::string text = format_count(event.pairs.size(), "mailbox");
  if (missing > 0) text += fmt::format(", {} not on the destination yet", format_count(missing));
  if (event.left_out > 0) text += fmt::format(", {} left out", format_count(event.left_out));
  if (event.empty > 0) text += fmt::format(", {} empty and not created", format_count(event.empty));
  print(account, text);
  if (!event.is_the_end && tally_.accounts().size() > 1) return;
  const std::size_t shown = event.is_the_end ? event.pairs.size() : std::min(event.pairs.size(), most_pairs_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& pair = event.pairs[i];
    print(account, fmt::format("  {} -> {}{}", core::printable(pair.source, longest_name),
                               core::printable(pair.destination, longest_name), pair.exists ? "" : " (new)"));
  }
  if (shown < event.pairs.size()) {
    print(account, fmt::format("  and {} more", format_count(event.pairs.size() - shown)));
  }
}

void Console::show(const run::AccountRef& account, const sync::MailboxCreated& event) {
  if (is_plain()) print(account, "created " + core::printable(event.name));
}

void Console::show(const run::AccountRef& account, const sync::MailboxDeleted& event) {
  if (mode_ == ConsoleMode::none && !event.dry) return;
  print(account, fmt::format("{}: {} {}", name_of(event.side), event.dry ? "would delete" : "deleted",
                             core::printable(event.name)));
}

void Console::show(const run::AccountRef& account, const sync::DeletionFailed& event) {
  print(account,
        fmt::format("{}: not deleted: {}", core::printable(event.name), describe(event.failure, std::nullopt)));
}

void Console::show(const run::AccountRef& account, const sync::RightsSet& event) {
  if (!is_plain()) return;
  print(account, fmt::format("{}: rights of {} set", core::printable(event.destination),
                             format_count(event.identifiers, "user")));
}

void Console::show(const run::AccountRef& account, const sync::NotPossible& event) {
  print(account, fmt::format("warning: {}: {}", name_of(event.side), core::printable(event.what)));
}

void Console::show(const run::AccountRef& account, const sync::MailboxFailed& event) {
  print(account, fmt::format("{}: failed: {}", pair_name(event.source, event.destination),
                             describe(event.failure, std::nullopt)));
}

void Console::show(const run::AccountRef& account, const sync::MessageRefused& event) {
  print(account, "refused: " + describe(event));
}

void Console::show(const run::AccountRef& account, const sync::MessageChanged& event) {
  // Thousands of messages can change in the same way: the first is named, the summary counts the others.
  if (mode_ == ConsoleMode::none || tally_.changes().size() == changes_told_) return;
  changes_told_ = tally_.changes().size();
  print(account, fmt::format("changed: {} uid {}: {} (more of these are only counted)",
                             pair_name(event.source, event.destination), event.uid, core::printable(event.what)));
}

void Console::show(const run::AccountRef& account, const sync::MailboxDone& event) {
  if (!is_plain()) return;
  const auto& live = tally_.accounts()[account.number].live;
  if (!live) return;
  const auto found = live->mailboxes.find(event.source);
  if (found == live->mailboxes.end()) return;
  print(account, fmt::format("{}: {}", pair_name(event.source, event.destination), figures(found->second)));
}

void Console::show(const run::AccountRef& account, const sync::MailboxRenumbered& event) {
  if (mode_ == ConsoleMode::none) return;
  print(account,
        fmt::format("{}: the {} has given the mailbox another UIDVALIDITY since the last run; all messages are "
                    "compared",
                    pair_name(event.source, event.destination), sync::name_of(event.side)));
}

void Console::show(const run::AccountRef& account, const sync::LittleRoom& event) {
  if (mode_ == ConsoleMode::none) return;
  std::string text = fmt::format("warning: the destination is {} % full: {} of {}", event.used * 100 / event.limit,
                                 format_bytes(event.used), format_bytes(event.limit));
  if (event.to_come > 0) text += fmt::format(", and about {} are to come", format_bytes(event.to_come));
  print(account, text);
}

/// With many accounts on a terminal it would be the same lines again and again.
void Console::show(const run::AccountRef& account, const sync::MessagesSelected& event) {
  if (is_plain() || (mode_ == ConsoleMode::live && prefix(account).empty())) {
    print(account, fmt::format("{}: only messages {}", name_of(event.side), describe(event)));
  }
}

void Console::show(const run::StoreTrouble& event) { print_line("warning: " + event.what); }

void Console::show(const run::AccountRef& account, const sync::Retrying& event) {
  if (mode_ == ConsoleMode::none) return;
  const std::string where = event.mailbox.empty() ? "" : core::printable(event.mailbox) + ": ";
  print(account, fmt::format("retry {} in {}: {}{}", event.attempt,
                             format_duration(std::chrono::milliseconds(event.wait_milliseconds)), where,
                             describe(event.failure, event.side)));
}

}  // namespace imapferry::report
