#include "report/tally.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::report {

namespace {

/// What one look at an account finds; the next look finds it anew. (What was copied, refused or created stays so.)
constexpr std::array found_by_looking{
    &Counts::mailboxes,
    &Counts::mailboxes_missing,
    &Counts::mailboxes_left_out,
    &Counts::mailboxes_empty,
    &Counts::would_delete_mailboxes,
    &Counts::deletions_failed,
    &Counts::mailboxes_settled,
    &Counts::mailboxes_done,
    &Counts::mailboxes_failed,
    &Counts::mailboxes_missed,
    &Counts::source_messages,
    &Counts::already_there,
    &Counts::duplicates,
    &Counts::left_out,
    &Counts::cross_duplicates,
    &Counts::bytes_left_out,
    &Counts::left,
    &Counts::bytes_left,
    &Counts::would_copy,
    &Counts::bytes_would_copy,
    &Counts::abandoned,
    &Counts::unaccounted,
    &Counts::would_set_flags,
    &Counts::would_set_labels,
    &Counts::mailbox_failures,
    &Counts::destination_messages,
    &Counts::destination_duplicates,
    &Counts::destination_only,
    &Counts::source_bytes,
    &Counts::destination_bytes,
    &Counts::bytes_already_there,
    &Counts::unweighed,
};

constexpr std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

/// Lists keep names and servers' words, which can be of any length.
std::string cut(std::string text) {
  constexpr std::size_t text_limit = 500;
  if (text.size() > text_limit) text.resize(text_limit);
  return text;
}

core::Failure cut(const core::Failure& failure) {
  return core::Failure{failure.fault, cut(failure.message), cut(failure.server_text)};
}

using TextCounts = std::map<std::string, std::uint64_t, std::less<>>;

void count(TextCounts& counts, const std::string& text, std::uint64_t amount) {
  constexpr std::size_t longest_text = 500;
  const auto known = counts.find(text);
  if (known != counts.end()) {
    known->second += amount;
  } else if (counts.size() < RunTally::change_limit && text.size() < longest_text) {
    counts.emplace(text, amount);
  }
}

}  // namespace

void RunTally::on(const run::RunEvent& event, run::Clock::time_point now) {
  now_ = now;
  std::visit([this](const auto& happened) { take(happened); }, event);
}

void RunTally::on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) {
  now_ = now;
  AccountTally& tally = entry(account.number);
  if (tally.name.empty()) tally.name = account.name;
  std::visit([&](const auto& happened) { take(account.number, happened); }, event);
}

void RunTally::take(std::size_t number, const sync::Event& event) {
  // A late event of an account that has ended must not find it without its books.
  if (!entry(number).live) entry(number).live = std::make_unique<LiveAccount>();
  std::visit([&](const auto& happened) { take(number, happened); }, event);
}

void RunTally::take(const run::RunStarted& event) {
  started_ = now_;
  if (event.accounts > 0) entry(event.accounts - 1);
}

void RunTally::take(const run::StopRequested& event) {
  stop_signal_ = event.signal;
  was_stopped_by_file_ = event.by_file;
}

AccountTally& RunTally::entry(std::size_t number) {
  while (accounts_.size() <= number) {
    accounts_.emplace_back();
    ++states_[static_cast<std::size_t>(AccountState::waiting)];
  }
  return accounts_[number];
}

void RunTally::enter(std::size_t number, AccountState state) {
  AccountState& now = entry(number).state;
  --states_[static_cast<std::size_t>(now)];
  ++states_[static_cast<std::size_t>(state)];
  now = state;
  if (state == AccountState::in_work) {
    in_work_.insert(number);
  } else {
    in_work_.erase(number);
  }
}

void RunTally::set(AccountTally& account, Field field, std::uint64_t value) {
  totals_.*field += value;
  totals_.*field -= account.counts.*field;
  account.counts.*field = value;
}

void RunTally::add(AccountTally& account, Field field, std::uint64_t amount) {
  set(account, field, account.counts.*field + amount);
}

void RunTally::subtract(AccountTally& account, Field field, std::uint64_t amount) {
  set(account, field, minus(account.counts.*field, amount));
}

void RunTally::take(std::size_t number, const run::AccountStarted&) {
  AccountTally& account = entry(number);
  if (account.failure) {
    --errors_[static_cast<std::size_t>(classify(*account.failure, account.side))];
    account.failure.reset();
    account.side.reset();
  }
  account.started = now_;
  account.live = std::make_unique<LiveAccount>();
  if (account.counts.mapped > 0) look_again(number);
  enter(number, AccountState::in_work);
}

void RunTally::take(std::size_t number, const run::AccountFinished& event) {
  AccountTally& account = entry(number);
  account.finished = now_;
  abandon_current(account);
  if (event.failure && event.failure->fault != core::Fault::cancelled) {
    account.failure = cut(*event.failure);
    account.side = event.side;
    count_error(classify(*account.failure, account.side));
    enter(number, AccountState::failed);
  } else if (event.failure || event.was_stopped) {
    if (event.limit) ++at_limit_[static_cast<std::size_t>(*event.limit)];
    if (event.limit == run::Limit::transfer) count_error(ErrorClass::transfer);
    enter(number, AccountState::stopped);
  } else {
    if (account.live && account.live->has_plans) {
      add(account, &Counts::mailboxes_missed, minus(account.counts.mailboxes, account.counts.mailboxes_settled));
    }
    enter(number, AccountState::done);
  }
  if (results_ == Results::kept) keep_results(account);
  account.live.reset();
}

void RunTally::take(std::size_t number, const run::ReportsPlaced& event) {
  for (const run::ReportPlaced& place : event.places) {
    if (!place.failure) continue;
    add(entry(number), &Counts::reports_failed, 1);
    const core::Failure why = place.failure->within("the report by mail").within(sync::name_of(place.side));
    count_mailbox_error(number, sync::MailboxFailed{"INBOX", "INBOX", why}, place.side);
  }
}

void RunTally::abandon_current(AccountTally& account) {
  if (!account.live) return;
  add(account, &Counts::abandoned, account.counts.left);
  set(account, &Counts::left, 0);
  set(account, &Counts::bytes_left, 0);
  account.live->current.clear();
}

void RunTally::look_again(std::size_t number) {
  AccountTally& account = entry(number);
  for (const Field field : found_by_looking) set(account, field, 0);
  for (std::size_t i = 0; i < error_class_count; ++i) errors_[i] -= account.mailbox_errors[i];
  account.mailbox_errors.fill(0);
  const auto is_of_account = [&](const FailedMailbox& failed) { return failed.account == number; };
  failed_mailboxes_.erase(std::remove_if(failed_mailboxes_.begin(), failed_mailboxes_.end(), is_of_account),
                          failed_mailboxes_.end());
  account.live->mailboxes.clear();
  account.live->current.clear();
  account.live->has_plans = false;
  account.live->already_seen = 0;
  account.live->copied_before_plans = account.counts.copied;
}

void RunTally::take(std::size_t number, const sync::Connected& event) {
  entry(number).live->is_connected[event.side == sync::Side::source ? 0 : 1] = true;
}

void RunTally::take(std::size_t number, const sync::MailboxesMapped& event) {
  AccountTally& account = entry(number);
  if (account.live->is_mapped) look_again(number);
  account.live->is_mapped = true;
  set(account, &Counts::mapped, 1);
  for (const auto& pair : event.pairs) mailbox(account, pair.source, pair.destination);
  const auto missing =
      std::count_if(event.pairs.begin(), event.pairs.end(), [](const auto& pair) { return !pair.exists; });
  set(account, &Counts::mailboxes_missing, static_cast<std::uint64_t>(missing));
  set(account, &Counts::mailboxes_left_out, event.left_out);
  set(account, &Counts::mailboxes_empty, event.empty);
  if (event.is_the_end) set(account, &Counts::mailboxes_settled, account.counts.mailboxes);
}

void RunTally::take(std::size_t number, const sync::MailboxCreated&) {
  add(entry(number), &Counts::mailboxes_created, 1);
}

void RunTally::take(std::size_t number, const sync::MailboxDeleted& event) {
  add(entry(number), event.dry ? &Counts::would_delete_mailboxes : &Counts::mailboxes_deleted, 1);
}

void RunTally::take(std::size_t number, const sync::DeletionFailed& event) {
  add(entry(number), &Counts::deletions_failed, 1);
  count_mailbox_error(number, sync::MailboxFailed{event.name, event.name, event.failure},
                      entry(number).live->last_retry);
}

void RunTally::take(std::size_t number, const sync::RightsSet& event) {
  add(entry(number), &Counts::rights_set, event.identifiers);
}

MailboxTally& RunTally::mailbox(AccountTally& account, std::string_view source, std::string_view destination) {
  auto& mailboxes = account.live->mailboxes;
  const auto known = mailboxes.find(source);
  if (known != mailboxes.end()) return known->second;
  MailboxTally& fresh = mailboxes[std::string(source)];
  fresh.destination = destination;
  add(account, &Counts::mailboxes, 1);
  return fresh;
}

/// Takes a mailbox into work, or back into work: what was written off when it was closed is left to do again.
void RunTally::begin(AccountTally& account, std::string_view source, MailboxTally& planned) {
  if (planned.state == MailboxState::in_work) return;
  if (planned.state == MailboxState::waiting) add(account, &Counts::mailboxes_settled, 1);
  if (planned.state == MailboxState::done) subtract(account, &Counts::mailboxes_done, 1);
  subtract(account, planned.has_failed ? &Counts::abandoned : &Counts::unaccounted, planned.unresolved);
  planned.left += std::exchange(planned.unresolved, 0);
  planned.bytes_left += std::exchange(planned.unresolved_bytes, 0);
  add(account, &Counts::left, planned.left);
  add(account, &Counts::bytes_left, planned.bytes_left);
  planned.state = MailboxState::in_work;
  account.live->current.emplace_back(source);
}

/// The mailbox of an event that shows that work on it goes on. One that is done is only taken up again by a plan.
MailboxTally& RunTally::going_on(AccountTally& account, std::string_view source, std::string_view destination) {
  MailboxTally& planned = mailbox(account, source, destination);
  if (planned.state != MailboxState::done) begin(account, source, planned);
  return planned;
}

void RunTally::take(std::size_t number, const sync::MailboxPlanned& event) {
  AccountTally& account = entry(number);
  account.live->has_plans = true;
  MailboxTally& planned = mailbox(account, event.source, event.destination);
  begin(account, event.source, planned);
  forget_plan(account, planned);

  planned.source_messages = event.source_messages;
  planned.already_there = event.already_there;
  planned.duplicates = event.source_duplicates + event.cross_duplicates;
  planned.left_out = event.left_out;
  planned.bytes_left_out = event.bytes_left_out;
  planned.cross_duplicates = event.cross_duplicates;
  add(account, &Counts::cross_duplicates, planned.cross_duplicates);
  add(account, &Counts::left_out, planned.left_out);
  add(account, &Counts::bytes_left_out, planned.bytes_left_out);
  add(account, &Counts::source_messages, planned.source_messages);
  add(account, &Counts::duplicates, planned.duplicates);
  account.live->already_seen += planned.already_there;
  recount_found(account);
  take_weights(account, planned, event);
  if (event.dry) {
    planned.would_copy = event.to_copy;
    planned.bytes_would_copy = event.bytes_to_copy;
    planned.would_set_flags = event.flags_to_set;
    planned.would_set_labels = event.labels_to_set;
    add(account, &Counts::would_copy, planned.would_copy);
    add(account, &Counts::bytes_would_copy, planned.bytes_would_copy);
    add(account, &Counts::would_set_flags, planned.would_set_flags);
    add(account, &Counts::would_set_labels, planned.would_set_labels);
  } else {
    planned.left = event.to_copy;
    planned.bytes_left = event.bytes_to_copy;
    add(account, &Counts::left, planned.left);
    add(account, &Counts::bytes_left, planned.bytes_left);
  }
}

void RunTally::forget_plan(AccountTally& account, MailboxTally& planned) {
  subtract(account, &Counts::source_messages, planned.source_messages);
  subtract(account, &Counts::duplicates, planned.duplicates);
  subtract(account, &Counts::cross_duplicates, planned.cross_duplicates);
  subtract(account, &Counts::left_out, planned.left_out);
  subtract(account, &Counts::bytes_left_out, planned.bytes_left_out);
  subtract(account, &Counts::left, planned.left);
  subtract(account, &Counts::bytes_left, planned.bytes_left);
  subtract(account, &Counts::would_copy, planned.would_copy);
  subtract(account, &Counts::bytes_would_copy, planned.bytes_would_copy);
  subtract(account, &Counts::would_set_flags, planned.would_set_flags);
  subtract(account, &Counts::would_set_labels, planned.would_set_labels);
  forget_weights(account, planned);
  LiveAccount& live = *account.live;
  live.already_seen = minus(live.already_seen, planned.already_there);
  live.copied_before_plans += planned.copied - planned.copied_before_plan;
  planned.copied_before_plan = planned.copied;
}

void RunTally::recount_found(AccountTally& account) {
  set(account, &Counts::already_there, minus(account.live->already_seen, account.live->copied_before_plans));
}

void RunTally::take_off(AccountTally& account, MailboxTally& planned, std::uint64_t messages, std::uint64_t bytes) {
  messages = std::min(messages, planned.left);
  bytes = messages == planned.left ? planned.bytes_left : std::min(bytes, planned.bytes_left);
  planned.left -= messages;
  planned.bytes_left -= bytes;
  subtract(account, &Counts::left, messages);
  subtract(account, &Counts::bytes_left, bytes);
}

void RunTally::take(std::size_t number, const sync::MessagesCopied& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = going_on(account, event.source, event.destination);
  take_off(account, planned, event.messages, event.bytes);
  planned.copied += event.messages;
  planned.bytes_copied += event.bytes;
  planned.biggest_copied = std::max(planned.biggest_copied, event.biggest);
  account.biggest_copied = std::max(account.biggest_copied, event.biggest);
  biggest_copied_ = std::max(biggest_copied_, event.biggest);
  add(account, &Counts::copied, event.messages);
  add(account, &Counts::bytes_copied, event.bytes);
}

void RunTally::take(std::size_t number, const sync::DuplicatesSkipped& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = going_on(account, event.source, event.source);
  // Their sizes are not told: they are taken to be of average size.
  const double average =
      planned.left == 0 ? 0.0 : static_cast<double>(planned.bytes_left) / static_cast<double>(planned.left);
  const auto bytes = static_cast<std::uint64_t>(average * static_cast<double>(std::min(event.messages, planned.left)));
  take_off(account, planned, event.messages, bytes);
  planned.duplicates += event.messages;
  add(account, &Counts::duplicates, event.messages);
}

void RunTally::take(std::size_t number, const sync::MessagesSkipped& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = going_on(account, event.source, event.destination);
  take_off(account, planned, event.messages, event.bytes);
  planned.skipped += event.messages;
  add(account, &Counts::skipped, event.messages);
  add(account, &Counts::bytes_skipped, event.bytes);
  count(skips_, event.reason, event.messages);
}

void RunTally::take(std::size_t number, const sync::MessageRefused& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = going_on(account, event.source, event.destination);
  take_off(account, planned, 1, event.size);
  // A mailbox that is looked at again can have the same message refused again.
  const auto is_same = [&](const RefusedMessage& other) {
    return other.account == number && other.message.uid == event.uid && other.message.source == event.source;
  };
  if (std::any_of(refused_.begin(), refused_.end(), is_same)) return;
  ++planned.refused;
  add(account, &Counts::refused, 1);
  count_error(classify(event.failure, account.live->last_retry));
  if (refused_.size() < list_limit) {
    refused_.push_back(
        RefusedMessage{number, sync::MessageRefused{event.source, event.destination, event.uid, event.size,
                                                    cut(event.subject), cut(event.failure)}});
  }
}

void RunTally::take(std::size_t number, const sync::MessageChanged& event) {
  add(entry(number), &Counts::changed, 1);
  count(changes_, event.what, 1);
}

void RunTally::take(std::size_t number, const sync::MessagesDeleted& event) {
  const bool is_source = event.side == sync::Side::source;
  if (event.dry) {
    add(entry(number), is_source ? &Counts::would_delete_source : &Counts::would_delete_destination, event.messages);
  } else {
    add(entry(number), is_source ? &Counts::deleted_source : &Counts::deleted_destination, event.messages);
  }
}

void RunTally::take(std::size_t number, const sync::FlagsSet& event) {
  add(entry(number), &Counts::flags_set, event.messages);
}

void RunTally::take(std::size_t number, const sync::LabelsSet& event) {
  add(entry(number), &Counts::labels_set, event.messages);
}

void RunTally::take(std::size_t number, const sync::Retrying& event) {
  entry(number).live->last_retry = event.side;
  add(entry(number), &Counts::retries, 1);
}

void RunTally::close(AccountTally& account, std::string_view source, MailboxTally& planned, MailboxState state) {
  planned.state = state;
  planned.unresolved = planned.left;
  planned.unresolved_bytes = planned.bytes_left;
  take_off(account, planned, planned.left, planned.bytes_left);
  add(account, planned.has_failed ? &Counts::abandoned : &Counts::unaccounted, planned.unresolved);
  auto& current = account.live->current;
  current.erase(std::remove(current.begin(), current.end(), source), current.end());
}

void RunTally::take(std::size_t number, const sync::MailboxDone& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = going_on(account, event.source, event.destination);
  if (planned.state == MailboxState::done) return;
  close(account, event.source, planned, planned.has_failed ? MailboxState::failed : MailboxState::done);
  if (!planned.has_failed) add(account, &Counts::mailboxes_done, 1);
}

void RunTally::take(std::size_t number, const sync::MailboxFailed& event) {
  AccountTally& account = entry(number);
  MailboxTally& planned = mailbox(account, event.source, event.destination);
  begin(account, event.source, planned);
  if (!planned.has_failed) add(account, &Counts::mailboxes_failed, 1);
  planned.has_failed = true;
  close(account, event.source, planned, MailboxState::failed);
  count_mailbox_error(number, event, entry(number).live->last_retry);
}

void RunTally::count_mailbox_error(std::size_t number, const sync::MailboxFailed& event,
                                   std::optional<sync::Side> side) {
  AccountTally& account = entry(number);
  const ErrorClass error = classify(event.failure, side);
  ++account.mailbox_errors[static_cast<std::size_t>(error)];
  count_error(error);
  add(account, &Counts::mailbox_failures, 1);
  if (failed_mailboxes_.size() < list_limit) {
    failed_mailboxes_.push_back(
        FailedMailbox{number, sync::MailboxFailed{event.source, event.destination, cut(event.failure)}});
  }
}

void RunTally::take(std::size_t number, const sync::MailboxWeighed& event) {
  if (sizes_ == Sizes::dropped) return;
  AccountTally& account = entry(number);
  MailboxSize& sum = account.size_sums[event.side == sync::Side::source ? 0 : 1];
  const auto is_same = [&](const MailboxSize& row) { return row.side == event.side && row.name == event.name; };
  const auto known = std::find_if(account.sizes.begin(), account.sizes.end(), is_same);
  const MailboxSize row{event.side, event.name, event.messages, event.bytes, event.biggest};
  if (known != account.sizes.end()) {
    sum.messages = minus(sum.messages, known->messages);
    sum.bytes = minus(sum.bytes, known->bytes);
    *known = row;
  } else if (size_rows_ < size_limit) {
    ++size_rows_;
    account.sizes.push_back(row);
  } else {
    ++account.sizes_dropped;
  }
  sum.messages += row.messages;
  sum.bytes += row.bytes;
  sum.biggest = std::max(sum.biggest, row.biggest);
}

bool RunTally::is_complete() const noexcept {
  const Counts& sums = totals_;
  return accounts_in(AccountState::done) == accounts_.size() && sums.mailboxes_failed == 0 &&
         sums.mailboxes_missed == 0 && sums.deletions_failed == 0 && sums.reports_failed == 0 && sums.refused == 0 &&
         sums.left == 0 && sums.abandoned == 0 && sums.unaccounted == 0;
}

}  // namespace imapferry::report
