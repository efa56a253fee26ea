#include "report/transcript.hpp"

#include "report/exit_code.hpp"
#include "report/format.hpp"
#include "report/imapsync_figures.hpp"
#include "report/progress.hpp"
#include "report/statistics.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <variant>

namespace imapferry::report {

namespace {

constexpr std::size_t most_errors = 1000;

int number_of(sync::Side side) { return side == sync::Side::source ? 1 : 2; }

}  // namespace

Transcript::Transcript(const RunTally& tally, AccountNames names, Sink sink)
    : tally_(tally), names_(std::move(names)), sink_(std::move(sink)) {}

void Transcript::line(std::string_view text) { sink_(fmt::format("{}\n", text)); }

void Transcript::on(const run::RunEvent& event, run::Clock::time_point now) {
  now_ = now;
  std::visit([this](const auto& happened) { show(happened); }, event);
}

void Transcript::on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) {
  now_ = now;
  number_ = account.number;
  std::visit([this](const auto& happened) { show(happened); }, event);
}

void Transcript::show(const sync::Event& event) {
  const bool is_before_work = std::holds_alternative<sync::MailboxesMapped>(event) ||
                              std::holds_alternative<sync::MailboxWeighed>(event) ||
                              std::holds_alternative<sync::MessagesSelected>(event);
  if (!has_begun_ && !is_before_work) begin_work();
  std::visit([this](const auto& happened) { show(happened); }, event);
}

void Transcript::error(std::string text) {
  line(text);
  ++error_count_;
  if (errors_.size() < most_errors) errors_.push_back(std::move(text));
}

std::string Transcript::error_list() const {
  if (error_count_ == 0) return {};
  std::string list = fmt::format(
      "++++ Listing {} errors encountered during the sync ( avoid this listing with --noerrorsdump ).\n", error_count_);
  for (std::size_t n = 0; n < errors_.size(); ++n) {
    list += fmt::format("Err {}/{}: {}\n", n + 1, error_count_, errors_[n]);
  }
  if (const auto most = most_frequent(tally_.errors())) {
    list += fmt::format("The most frequent error is {}.\n", name_of(*most));
  }
  return list;
}

void Transcript::show(const run::StopRequested& event) {
  line(fmt::format("Stopping, because of {}: what is in flight is finished, nothing new begins", event.signal));
}

void Transcript::show(const run::StoreTrouble& event) { line("Warning: " + event.what); }

void Transcript::show(const run::AccountFinished& event) {
  if (!has_begun_) begin_work();
  const AccountTally& account = tally_.accounts()[number_];
  if (account.failure && account.state == AccountState::failed) {
    error(error_line(*account.failure, account.side, names_));
  } else if (event.limit == run::Limit::errors) {
    line(fmt::format("Maximum number of errors reached ( {} ), ending sync. Use --errorsmax to change it.",
                     error_count_));
  } else if (event.limit == run::Limit::transfer) {
    error(fmt::format("Maximum bytes transferred reached, {} ( {} ), ending sync", account.counts.bytes_copied,
                      decimal_bytes(account.counts.bytes_copied)));
  } else if (account.counts.mailboxes > 0) {
    line("++++ End looping on each folder");
  }
}

void Transcript::show(const run::ReportsPlaced& event) {
  for (const run::ReportPlaced& place : event.places) {
    const int number = number_of(place.side);
    if (place.failure) {
      error(fmt::format("Host{}: could not append the final report to folder [INBOX]: {}", number,
                        describe(*place.failure, std::nullopt)));
    } else {
      line(fmt::format("Host{0}: the final report is in INBOX. Use --noemailreport{0} to avoid it.", number));
    }
  }
}

void Transcript::show(const sync::Connected& event) {
  const bool is_source = event.side == sync::Side::source;
  line(fmt::format("Host{} banner: {}", number_of(event.side), core::printable(event.greeting)));
  line(fmt::format("Host{}: success login on [{}] with user [{}], {}{}", number_of(event.side),
                   core::printable(event.server), core::printable(is_source ? names_.user1 : names_.user2),
                   event.protection.empty() ? "not encrypted" : core::printable(event.protection),
                   event.software.empty() ? "" : ", " + core::printable(event.software, 100)));
}

void Transcript::show(const sync::MailboxesMapped& event) {
  folders_ = event.pairs.size();
  folder_ = 0;
  has_begun_ = false;
  weighed_.clear();
  for (const auto& pair : event.pairs) {
    MailboxResult result;
    result.source = pair.source;
    result.tally.destination = pair.destination;
    result.tally.destination_bytes = result.tally.destination_biggest = 0;
    weighed_.push_back(std::move(result));
  }
}

void Transcript::show(const sync::MailboxWeighed& event) {
  const bool is_source = event.side == sync::Side::source;
  for (MailboxResult& result : weighed_) {
    if ((is_source ? result.source : result.tally.destination) != event.name) continue;
    MailboxTally& tally = result.tally;
    tally.state = MailboxState::in_work;
    (is_source ? tally.source_messages : tally.destination_messages) = event.messages;
    (is_source ? tally.source_bytes : tally.destination_bytes) = event.bytes;
    (is_source ? tally.source_biggest : tally.destination_biggest) = event.biggest;
    has_told_sizes_ = true;
  }
}

void Transcript::begin_work() {
  has_begun_ = true;
  if (has_told_sizes_) sink_(folder_sizes(weighed_, SizesWhen::before));
  weighed_ = {};
  line(fmt::format("++++ Looping on each one of {} folders to sync", folders_));
}

void Transcript::show(const sync::MailboxCreated& event) {
  line(fmt::format("Host2: created folder [{}]", core::printable(event.name)));
}

void Transcript::show(const sync::MailboxFailed& event) { error(error_line(event)); }

void Transcript::show(const sync::MailboxPlanned& event) {
  const std::string source = fmt::format("[{}]", core::printable(event.source));
  const std::string destination = fmt::format("[{}]", core::printable(event.destination));
  // One that is looked at again, after a lost connection, is counted once.
  folder_ = std::min(folder_ + 1, std::max<std::size_t>(folders_, 1));
  line(fmt::format("Folder {:>7} {:<35} -> {:<35}", fmt::format("{}/{}", folder_, folders_), source, destination));
  line(fmt::format("Host1: folder {} selected {} messages, duplicates {}", source, event.source_messages,
                   event.source_duplicates));
  line(fmt::format("Host2: folder {} selected {} messages, duplicates {}", destination, event.destination_messages,
                   event.destination_duplicates));
}

void Transcript::show(const sync::MessagesCopied& event) {
  const AccountTally& account = tally_.accounts()[number_];
  const double spent = std::max(std::chrono::duration<double>(now_ - account.started).count(), 0.001);
  // All of them are counted already.
  std::uint64_t copied = account.counts.copied - std::min(account.counts.copied, event.messages);
  std::uint64_t bytes = account.counts.bytes_copied - std::min(account.counts.bytes_copied, event.bytes);
  double left = remainder(tally_).messages + static_cast<double>(event.messages);
  const std::string source = core::printable(event.source);
  const std::string destination = core::printable(event.destination);
  const double seconds = time_remaining(spent, account.counts.copied, left - static_cast<double>(event.messages));
  const std::string arrival = eta(seconds);
  std::string lines;
  for (const sync::CopiedMessage& message : event.each) {
    ++copied;
    bytes += message.size;
    left -= 1;
    fmt::format_to(std::back_inserter(lines),
                   "msg {}/{:<19} copied to {}/{:<10} {:.2f} msgs/s  {}/s {} copied {}  {:.0f}/{:.0f} msgs left\n",
                   source, fmt::format("{} {{{}}}", message.uid, message.size), destination,
                   message.destination_uid == 0 ? std::string("?") : fmt::format("{}", message.destination_uid),
                   static_cast<double>(copied) / spent,
                   binary_bytes(static_cast<std::int64_t>(static_cast<double>(bytes) / spent)),
                   binary_bytes(static_cast<std::int64_t>(bytes)), arrival, left, left + static_cast<double>(copied));
  }
  if (!lines.empty()) sink_(lines);
}

std::string Transcript::eta(double seconds) const {
  constexpr double longest = 100.0 * 365 * 24 * 3600;
  if (!std::isfinite(seconds) || seconds > longest) return "ETA: unknown";
  const auto wait = std::chrono::seconds(static_cast<std::int64_t>(seconds));
  return fmt::format("ETA: {}  {:.0f} s", long_date(std::chrono::system_clock::now() + wait), seconds);
}

void Transcript::show(const sync::MessageRefused& event) { error(error_line(event)); }

void Transcript::show(const sync::MessageChanged& event) {
  line(fmt::format("msg {}/{} changed: {}", core::printable(event.source), event.uid, core::printable(event.what)));
}

void Transcript::show(const sync::MessagesSkipped& event) {
  line(fmt::format("Host1: folder [{}] {} messages skipped: {}", core::printable(event.source), event.messages,
                   core::printable(event.reason)));
}

void Transcript::show(const sync::MessagesDeleted& event) {
  line(fmt::format("Host{}: folder [{}] {} messages {}", number_of(event.side), core::printable(event.mailbox),
                   event.messages, event.dry ? "would be deleted" : "deleted"));
}

void Transcript::show(const sync::MailboxDeleted& event) {
  line(fmt::format("Host{}: folder [{}] {}", number_of(event.side), core::printable(event.name),
                   event.dry ? "would be deleted" : "deleted"));
}

void Transcript::show(const sync::DeletionFailed& event) {
  error(fmt::format("Host{}: folder [{}] could not be deleted: {}", number_of(event.side), core::printable(event.name),
                    describe(event.failure, std::nullopt)));
}

void Transcript::show(const sync::RightsSet& event) {
  line(fmt::format("Host2: folder [{}] rights of {} users set", core::printable(event.destination), event.identifiers));
}

void Transcript::show(const sync::NotPossible& event) {
  line(fmt::format("Host{}: {}", number_of(event.side), core::printable(event.what)));
}

void Transcript::show(const sync::LittleRoom& event) {
  line(
      fmt::format("Host2: quota: {} of {} bytes used, about {} bytes to come", event.used, event.limit, event.to_come));
}

void Transcript::show(const sync::MessagesSelected& event) {
  line(fmt::format("Host{}: only messages {}", number_of(event.side), describe(event)));
}

void Transcript::show(const sync::FlagsSet& event) {
  line(fmt::format("Host2: folder [{}] flags of {} messages brought in line", core::printable(event.destination),
                   event.messages));
}

void Transcript::show(const sync::LabelsSet& event) {
  line(fmt::format("Host2: folder [{}] labels of {} messages set", core::printable(event.destination), event.messages));
}

void Transcript::show(const sync::MailboxRenumbered& event) {
  line(fmt::format("Host{}: folder [{}] has another UIDVALIDITY than at the last run: all messages are compared",
                   number_of(event.side),
                   core::printable(event.side == sync::Side::source ? event.source : event.destination)));
}

void Transcript::show(const sync::Retrying& event) {
  line(fmt::format("Host{}: trying again in {:.1f} s: {}", number_of(event.side),
                   static_cast<double>(event.wait_milliseconds) / 1000, describe(event.failure, std::nullopt)));
}

void Transcript::show(const sync::Reconnected& event) {
  line(fmt::format("Host{}: reconnected", number_of(event.side)));
}

}  // namespace imapferry::report
