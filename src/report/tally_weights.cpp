#include "report/tally.hpp"

#include <numeric>
#include <utility>

namespace imapferry::report {

namespace {

constexpr std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

}  // namespace

std::uint64_t RunTally::error_count() const noexcept {
  return std::accumulate(errors_.begin(), errors_.end(), std::uint64_t{0});
}

void RunTally::keep_results(AccountTally& account) {
  if (!account.live) return;
  for (auto& [source, mailbox] : account.live->mailboxes) {
    if (result_rows_ == size_limit) return;
    ++result_rows_;
    account.results.push_back(MailboxResult{source, std::move(mailbox)});
  }
}

void RunTally::take_weights(AccountTally& account, MailboxTally& planned, const sync::MailboxPlanned& event) {
  // What this run has copied before an attempt that looks again was not there before the run.
  planned.destination_messages = minus(event.destination_messages, planned.copied_before_plan);
  planned.destination_duplicates = event.destination_duplicates;
  planned.destination_only = event.destination_only;
  planned.source_bytes = event.source_weight.bytes;
  planned.source_biggest = event.source_weight.biggest;
  planned.destination_bytes = event.destination_weight.bytes;
  planned.destination_biggest = event.destination_weight.biggest;
  if (planned.destination_bytes) *planned.destination_bytes = minus(*planned.destination_bytes, planned.bytes_copied);
  planned.bytes_already_there = minus(event.bytes_already_there.value_or(0), planned.bytes_copied);
  planned.is_weighed = planned.source_bytes && planned.destination_bytes && event.bytes_already_there;
  add(account, &Counts::destination_messages, planned.destination_messages);
  add(account, &Counts::destination_duplicates, planned.destination_duplicates);
  add(account, &Counts::destination_only, planned.destination_only);
  add(account, &Counts::source_bytes, planned.source_bytes.value_or(0));
  add(account, &Counts::destination_bytes, planned.destination_bytes.value_or(0));
  add(account, &Counts::bytes_already_there, planned.bytes_already_there);
  if (!planned.is_weighed) add(account, &Counts::unweighed, 1);
}

void RunTally::forget_weights(AccountTally& account, MailboxTally& planned) {
  subtract(account, &Counts::destination_messages, planned.destination_messages);
  subtract(account, &Counts::destination_duplicates, planned.destination_duplicates);
  subtract(account, &Counts::destination_only, planned.destination_only);
  subtract(account, &Counts::source_bytes, planned.source_bytes.value_or(0));
  subtract(account, &Counts::destination_bytes, planned.destination_bytes.value_or(0));
  subtract(account, &Counts::bytes_already_there, planned.bytes_already_there);
  if (!planned.is_weighed) subtract(account, &Counts::unweighed, 1);
  planned.is_weighed = true;
}

void RunTally::take(std::size_t number, const sync::Reconnected& event) {
  add(entry(number),
      event.side == sync::Side::source ? &Counts::reconnections_source : &Counts::reconnections_destination, 1);
}

}  // namespace imapferry::report
