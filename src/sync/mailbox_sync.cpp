#include "sync/mailbox_sync.hpp"

#include "core/pause.hpp"
#include "imap/proto/refusal.hpp"
#include "sync/index_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;
// Some milliseconds' work.
constexpr std::size_t compared_at_once = 5000;
constexpr std::chrono::milliseconds time_to_finish{1000};

template <class T>
T value_or_throw(Side side, core::Result<T> result) {
  if (!result) throw core::Error(result.error().within(name_of(side)));
  return std::move(*result);
}

}  // namespace

MailboxSync::MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast,
                         MailboxMemory& memory, KnownMailbox* known)
    : context_(context), lane_(lane), pair_(pair), forecast_(forecast), memory_(memory), known_(known) {}

imap::Session& MailboxSync::session(Side side) const {
  return side == Side::source ? *lane_.source : *lane_.destination;
}

awaitable<bool> MailboxSync::run() {
  core::Failure failure;
  try {
    const bool is_complete = co_await synchronise();
    co_return is_complete;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  keep_for_next_attempt();
  throw core::Error(failure);
}

awaitable<bool> MailboxSync::synchronise() {
  co_await recall();
  co_await open_both();
  const bool has_messages = source_state_.exists > 0;
  if (has_messages) {
    co_await complete_listings();
    check_listing();
  }
  co_await compare();
  tell_plan();
  if (context_.rules.dry || !has_messages) co_return true;
  const bool has_set_flags = !context_.stop.is_requested;
  if (has_set_flags) co_await set_flags();
  co_await note_before_changes();
  const bool is_complete = co_await copy() && has_set_flags;
  co_await settle();
  is_worth_noting_ = known_ != nullptr;
  is_complete_ = is_complete;
  co_return is_complete;
}

/// A line that breaks again and again must not make us list the same messages again and again.
void MailboxSync::keep_for_next_attempt() {
  memory_.lost_at = std::chrono::steady_clock::now();
  BrokenOff left;
  for (const Side side : {Side::source, Side::destination}) {
    (side == Side::source ? left.source : left.destination) = state_for_next_attempt(side);
    if (listing(side).catch_up) listing(side).catch_up->salvage();
  }
  std::uint64_t known = now_.source.size() + now_.destination.size();
  for (std::size_t i = 0; i < now_.source.size(); ++i) known += now_.source.has_identity(i) ? 1 : 0;
  memory_.listed = std::max(memory_.listed, known);
  left.now = std::move(now_);
  left.flags_before = std::move(flags_before_);
  left.remembered = std::move(remembered_);
  left.copied_before = std::move(copied_before_);
  memory_.broken_off = std::move(left);
}

/// Nothing below any UID is known to be complete, and flags are as new as what they were compared with.
store::SideState MailboxSync::state_for_next_attempt(Side side) const {
  const bool is_open = state(side).uid_validity != 0;
  const bool is_caught_up = is_open && !listing(side).catch_up;
  store::SideState kept;
  kept.uid_validity = is_open && !listing(side).catch_up ? state(side).uid_validity : last(side).uid_validity;
  kept.mod_seq = is_caught_up ? state(side).mod_seq : last(side).mod_seq;
  return kept;
}

/// Takes up what an attempt before, or earlier runs, knew of each side.
awaitable<void> MailboxSync::recall() {
  CatchUp::Age age = CatchUp::Age::earlier_run;
  if (memory_.broken_off) {
    now_ = std::move(memory_.broken_off->now);
    source_last_ = memory_.broken_off->source;
    destination_last_ = memory_.broken_off->destination;
    flags_before_ = std::move(memory_.broken_off->flags_before);
    remembered_ = std::move(memory_.broken_off->remembered);
    copied_before_ = std::move(memory_.broken_off->copied_before);
    memory_.broken_off.reset();
    age = CatchUp::Age::this_run;
  } else if (known_ != nullptr && known_->is_written()) {
    now_ = co_await known_->load();
    source_last_ = known_->record().source_state;
    destination_last_ = known_->record().destination_state;
    for (std::size_t i = 0; i < now_.source.size(); ++i) {
      remembered_.add(now_.source.uid(i));
      const bool was_copied = i < now_.copies.size() && now_.copies[i] != 0;
      if (was_copied && !context_.rules.copy_deleted) copied_before_.emplace_back(now_.source.uid(i), now_.copies[i]);
    }
  }
  // Their places change while messages come and go.
  now_.copies = {};
  recall_side(Side::source, age);
  recall_side(Side::destination, age);
}

void MailboxSync::recall_side(Side side, CatchUp::Age age) {
  if (last(side).uid_validity == 0) {
    index(side) = {};
  } else {
    listing(side).catch_up.emplace(session(side), context_.key, last(side), index(side), age);
  }
}

/// Opens the mailbox on both sides. What is remembered is brought up to date in the same flight; else, where it is
/// known whether the destination holds anything, the listings that this asks for go in it.
awaitable<void> MailboxSync::open_both() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  flight.spawn(open_source());
  // In a dry run the mailbox may not be there yet: then it is as good as empty.
  const bool has_destination = !context_.rules.dry || pair_.exists;
  if (has_destination) flight.spawn(open_destination());
  const std::optional<std::uint32_t> there = has_destination ? forecast_.destination_messages : 0;
  if (source_.catch_up) {
    flight.spawn(source_.catch_up->ask());
  } else if (there) {
    flight.spawn(list(Side::source, *there == 0 ? IndexDepth::light : IndexDepth::identified));
  }
  if (has_destination && destination_.catch_up) {
    flight.spawn(destination_.catch_up->ask());
  } else if (there.value_or(0) > 0) {
    flight.spawn(list(Side::destination, IndexDepth::identified));
  }
  co_await flight.join();
}

awaitable<void> MailboxSync::open_source() {
  core::Result<imap::MailboxState> state =
      co_await lane_.source->select(pair_.source.wire, imap::SelectMode::read_only);
  source_state_ = value_or_throw(Side::source, std::move(state));
}

awaitable<void> MailboxSync::open_destination() {
  const auto mode = context_.rules.dry ? imap::SelectMode::read_only : imap::SelectMode::read_write;
  foreign_changes_before_ = lane_.destination->foreign_changes();
  core::Result<imap::MailboxState> state = co_await lane_.destination->select(pair_.destination_wire, mode);
  destination_state_ = value_or_throw(Side::destination, std::move(state));
  if (memory_.first_uid_next == 0) memory_.first_uid_next = destination_state_.uid_next;
  if (destination_state_.is_read_only && !context_.rules.dry) {
    throw core::Error(Fault::select, "destination: the mailbox can only be read");
  }
}

/// Lists what the first flight has not.
awaitable<void> MailboxSync::complete_listings() {
  co_await finish_catching_up(Side::source);
  is_first_copy_ = destination_state_.exists == 0;
  if (is_first_copy_) {
    destination_.depth.reset();
    destination_.failure.reset();
    destination_.catch_up.reset();
    now_.destination = {};
  } else {
    co_await finish_catching_up(Side::destination);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  if (is_first_copy_) {
    if (!source_.depth) both.spawn(list(Side::source, IndexDepth::light));
  } else {
    both.spawn(complete_listing(Side::source));
    both.spawn(complete_listing(Side::destination));
  }
  co_await both.join();
  if (source_.failure) throw core::Error(source_.failure->within(name_of(Side::source)));
  if (destination_.failure) throw core::Error(destination_.failure->within(name_of(Side::destination)));
}

awaitable<void> MailboxSync::complete_listing(Side side) {
  if (listing(side).depth == IndexDepth::light) co_await identify_rest(side);
  if (!listing(side).depth) co_await list(side, IndexDepth::identified);
}

/// Takes what was remembered for the listing of a side, if it is true of it.
awaitable<void> MailboxSync::finish_catching_up(Side side) {
  Listing& here = listing(side);
  if (!here.catch_up) co_return;
  const bool is_true = co_await here.catch_up->succeeded(state(side));
  if (is_true) {
    here.depth = IndexDepth::light;
    if (side == Side::source) flags_before_.merge(here.catch_up->take_before());
  } else {
    index(side) = {};
    if (side == Side::source) remembered_ = {};
    if (state(side).uid_validity != last(side).uid_validity) {
      context_.observer.on(MailboxRenumbered{side, pair_.source.name, pair_.destination});
      // Whose UIDs mean nothing any more.
      copied_before_.clear();
      if (side == Side::source) now_.deleted.clear();
    }
  }
  here.catch_up.reset();
}

awaitable<void> MailboxSync::list(Side side, IndexDepth depth) {
  Listing& here = listing(side);
  const auto expected = side == Side::source ? forecast_.source_messages : forecast_.destination_messages;
  try {
    co_await read_index(session(side), context_.key, "1:*", depth, expected.value_or(0), index(side));
    here.depth = depth;
    here.failure.reset();
  } catch (const core::Error& error) {
    // Whose connection was lost is told by the account. Anything else may come of the mailbox being empty or not open.
    if (!session(side).is_open()) throw;
    index(side) = {};
    here.failure = error.failure();
  }
}

/// What was listed lightly, or not to its end, gets its identities.
awaitable<void> MailboxSync::identify_rest(Side side) {
  std::vector<std::uint32_t> rest;
  for (std::size_t i = 0; i < index(side).size(); ++i) {
    if (!index(side).has_identity(i)) rest.push_back(static_cast<std::uint32_t>(i));
  }
  co_await identify(session(side), context_.key, index(side), rest);
  listing(side).depth = IndexDepth::identified;
}

/// A message that the source counts but does not list would be lost in silence, so it is told.
void MailboxSync::check_listing() {
  const std::uint64_t expected = lane_.source->exists();
  if (now_.source.size() >= expected) return;
  has_failures_ = true;
  context_.observer.on(MailboxFailed{
      pair_.source.name, pair_.destination,
      core::Failure{Fault::fetch,
                    fmt::format("the source holds {} messages but lists only {}", expected, now_.source.size()),
                    {}}});
}

/// Finds out what is to be done; a large mailbox takes the better part of a second, and others must not wait for it.
awaitable<void> MailboxSync::compare() {
  if (is_first_copy_) {
    matches_.missing.resize(now_.source.size());
    std::iota(matches_.missing.begin(), matches_.missing.end(), 0U);
    leave_deleted();
    co_return;
  }
  std::function<void()> work = [this] {
    matches_ = match(now_.source, now_.destination);
    if (context_.rules.flags == config::FlagRule::replace) collect_replacements();
    if (context_.rules.flags == config::FlagRule::merge) collect_merges();
  };
  if (now_.source.size() + now_.destination.size() <= compared_at_once) {
    work();
  } else {
    co_await context_.worker.run(std::move(work));
  }
  leave_deleted();
}

/// Notes which messages were copied once and have been deleted on the destination since, and leaves them where the user
/// has said so.
void MailboxSync::leave_deleted() {
  if (context_.rules.copy_deleted) {
    now_.deleted.clear();
  } else {
    for (const auto& [uid, copy] : copied_before_) {
      if (now_.destination.find(copy) == now_.destination.size()) now_.deleted.insert(uid);
    }
    std::erase_if(matches_.missing, [this](std::uint32_t i) { return now_.deleted.contains(now_.source.uid(i)); });
  }
  now_.copies.assign(now_.source.size(), 0);
  for (const Matches::Pair& pair : matches_.pairs) now_.copies[pair.source] = now_.destination.uid(pair.destination);
}

void MailboxSync::tell_plan() {
  MailboxPlanned event;
  event.source = pair_.source.name;
  event.destination = pair_.destination;
  event.source_messages = now_.source.size();
  event.destination_messages = now_.destination.empty() ? destination_state_.exists : now_.destination.size();
  for (const std::uint32_t i : matches_.missing) {
    if (memory_.refused.contains(now_.source.uid(i))) continue;
    ++event.to_copy;
    event.bytes_to_copy += now_.source.message_size(i);
  }
  event.already_there = matches_.pairs.size();
  event.source_duplicates = matches_.source_duplicates.size();
  event.destination_duplicates = matches_.destination_duplicates.size();
  event.destination_only = matches_.destination_only.size();
  for (const auto& [item, planned] : flag_changes_) event.flags_to_set += planned.uids.size();
  event.dry = context_.rules.dry;
  context_.observer.on(event);
}

UidSet& MailboxSync::uids_to(FlagChange::How how, const imap::proto::Flags& flags) {
  FlagChange change(how, flags);
  std::string item = change.item();
  return flag_changes_.try_emplace(std::move(item), std::move(change)).first->second.uids;
}

void MailboxSync::collect_replacements() {
  // A mailbox has few different sets of flags: what is wanted instead of each is made out once.
  std::map<const imap::proto::Flags*, imap::proto::Flags> wanted;
  for (const Matches::Pair& pair : matches_.pairs) {
    const imap::proto::Flags& flags = now_.source.flags(pair.source);
    auto known = wanted.find(&flags);
    if (known == wanted.end()) {
      known = wanted.emplace(&flags, imap::proto::permitted(flags, destination_state_.permanent_flags)).first;
    }
    if (known->second == now_.destination.flags(pair.destination)) continue;
    uids_to(FlagChange::How::replace, known->second).add(now_.destination.uid(pair.destination));
  }
}

/// Only what has changed on the source since the last run; a message that was not known then loses no flag.
void MailboxSync::collect_merges() {
  using How = FlagChange::How;
  const imap::proto::Flags none;
  for (const Matches::Pair& pair : matches_.pairs) {
    const imap::proto::Uid uid = now_.source.uid(pair.source);
    const auto before = flags_before_.find(uid);
    if (before == flags_before_.end() && remembered_.contains(uid)) continue;
    const imap::proto::Flags& there = now_.destination.flags(pair.destination);
    const imap::proto::Flags& old = before == flags_before_.end() ? none : before->second;
    const imap::proto::Flags now =
        imap::proto::permitted(now_.source.flags(pair.source), destination_state_.permanent_flags);
    const imap::proto::Flags added = without(without(now, old), there);
    const imap::proto::Flags removed = common(without(old, now), there);
    const imap::proto::Uid copy = now_.destination.uid(pair.destination);
    if (!added.empty()) uids_to(How::add, added).add(copy);
    if (!removed.empty()) uids_to(How::remove, removed).add(copy);
  }
}

awaitable<void> MailboxSync::identify_large_messages() {
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : matches_.missing) {
    if (now_.source.message_size(i) > context_.limits.batch_bytes) large.push_back(i);
  }
  co_await identify(*lane_.source, context_.key, now_.source, large);
}

awaitable<bool> MailboxSync::copy() {
  if (matches_.missing.empty()) co_return true;
  co_await complete_dates();
  Copier copier(context_, lane_, pair_, now_.source, destination_state_.permanent_flags, memory_);
  copier.on_confirmed([this](auto items, auto uids) { note_copied(items, uids); });
  has_changed_destination_ = true;
  if (is_first_copy_) {
    co_await identify_large_messages();
    copier.tell_duplicates_while_copying();
  }
  const bool is_complete = co_await copier.copy(matches_.missing);
  confirmed_ = copier.confirmed();
  co_return is_complete;
}

/// Dates are not remembered, as only messages that are copied need theirs.
awaitable<void> MailboxSync::complete_dates() {
  std::vector<std::uint32_t> undated;
  for (const std::uint32_t i : matches_.missing) {
    if (now_.source.date(i) == MailboxIndex::no_date) undated.push_back(i);
  }
  // Where the server has told none for the others either, there are none to be had.
  if (known_ != nullptr) co_await read_dates(*lane_.source, now_.source, undated);
}

/// All that get the same change at once, and all changes in one flight.
awaitable<void> MailboxSync::set_flags() {
  if (flag_changes_.empty()) co_return;
  has_changed_destination_ = true;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  for (const auto& [item, planned] : flag_changes_) {
    for (std::string& set : planned.uids.to_strings(longest_set)) {
      flight.spawn(set_flags_of(std::move(set), planned.change));
    }
  }
  co_await flight.join();
  if (has_failures_) forget_flag_changes();
}

awaitable<void> MailboxSync::set_flags_of(std::string set, const FlagChange& change) {
  const std::string item = change.item();
  const std::optional<core::Failure> failure = co_await lane_.destination->uid_store(set, item);
  if (failure) {
    has_failures_ = true;
    context_.observer.on(
        MailboxFailed{pair_.source.name, pair_.destination,
                      failure->within(fmt::format("{} of messages {}", item, set)).within(name_of(Side::destination))});
    co_return;
  }
  const auto changed = UidSet::parse(set);
  if (changed) note_flags(*changed, change);
  context_.observer.on(FlagsSet{pair_.destination, changed ? changed->size() : 0});
}

/// What could not be set is still to be done at the next run, which must see the change again.
void MailboxSync::forget_flag_changes() {
  for (const auto& [uid, flags] : flags_before_) {
    const std::size_t i = now_.source.find(uid);
    if (i < now_.source.size()) now_.source.set_flags(i, flags);
  }
  source_state_.mod_seq = known_ != nullptr ? known_->record().source_state.mod_seq : 0;
}

/// When the destination holds more than was there and what we have added, something else came in. It may be a batch of
/// a run that was killed, or of a connection that was lost, which the server had received in full and stored after we
/// had looked.
awaitable<void> MailboxSync::settle() {
  imap::Session& destination = *lane_.destination;
  const std::uint64_t expected = destination_state_.exists + confirmed_;
  if (!memory_.unheard.empty()) {
    // The server may be at it still: it has a moment to finish, since the connection was lost.
    const auto waited = std::chrono::steady_clock::now() - memory_.lost_at;
    if (waited < time_to_finish) {
      co_await core::pause(std::chrono::duration_cast<std::chrono::milliseconds>(time_to_finish - waited));
    }
    co_await destination.noop();
  }
  // Most servers have counted already, in their answers to the APPENDs.
  if (confirmed_ > 0 && destination.exists() != expected) co_await destination.noop();
  const bool has_more = confirmed_ > 0 && destination.exists() > expected;
  if (has_more || !memory_.unheard.empty()) co_await remove_doubles();
}

/// Takes back those of our own messages that something else has stored as well: the other one stays. Where the server
/// does not tell which are ours, they are among those whose confirmation was never heard: of two that are equal the
/// second goes.
awaitable<void> MailboxSync::remove_doubles() {
  const UidSet& ours = memory_.appended;
  const bool knows_ours = ours.size() == memory_.copied && lane_.destination->has(imap::proto::Capability::uidplus);
  if (!knows_ours && memory_.unheard.empty()) co_return;
  MailboxIndex arrived;
  const std::string range = fmt::format("{}:*", std::max<std::uint32_t>(memory_.first_uid_next, 1));
  co_await read_index(*lane_.destination, context_.key, range, IndexDepth::identified, 0, arrived);
  std::vector<std::uint32_t> order(arrived.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&](std::uint32_t i) {
    return std::tuple(arrived.identity(i), arrived.message_size(i), ours.contains(arrived.uid(i)), arrived.uid(i));
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  UidSet doubles;
  for (std::size_t n = 1; n < order.size(); ++n) {
    // Foreign ones sort first: ours is a double when what stands before it is the same message.
    const std::uint32_t before = order[n - 1];
    const std::uint32_t here = order[n];
    const bool is_same = arrived.identity(before) == arrived.identity(here) &&
                         arrived.message_size(before) == arrived.message_size(here);
    const bool is_ours = ours.contains(arrived.uid(here)) && !ours.contains(arrived.uid(before));
    const bool may_be_ours = memory_.unheard.contains(arrived.identity(here));
    if (is_same && (is_ours || may_be_ours)) doubles.add(arrived.uid(here));
  }
  for (const std::string& set : doubles.to_strings(longest_set)) {
    const std::optional<core::Failure> failure = co_await lane_.destination->uid_delete(set);
    if (failure) throw core::Error(failure->within("taking back doubled messages"));
  }
}

void MailboxSync::note_flags(const UidSet& uids, const FlagChange& change) {
  for (const UidSet::Range& range : uids.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      const std::size_t i = now_.destination.find(static_cast<imap::proto::Uid>(uid));
      if (i == now_.destination.size()) continue;
      now_.destination.set_flags(i, change.applied_to(now_.destination.flags(i)));
    }
  }
}

/// What a pass has found before it changes anything: true until the servers say otherwise.
store::MailboxRecord MailboxSync::record_of_opening() const {
  store::MailboxRecord record = known_->record();
  record.settled_for.clear();
  const auto state_of = [](const imap::MailboxState& state) {
    return store::SideState{state.uid_validity, state.uid_next, state.exists, state.mod_seq};
  };
  record.source_state = state_of(source_state_);
  record.destination_state = state_of(destination_state_);
  return record;
}

/// Before anything is appended: if this run is killed, only what comes above the UIDNEXT that is noted here has to be
/// identified.
awaitable<void> MailboxSync::note_before_changes() {
  if (known_ == nullptr) co_return;
  if (!matches_.missing.empty()) co_await known_->write(now_, record_of_opening(), {});
}

void MailboxSync::note_copied(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids) {
  if (known_ == nullptr) return;
  std::vector<std::uint32_t> positions;
  positions.reserve(items.size());
  for (std::size_t n = 0; n < items.size(); ++n) {
    const Batch::Item& item = *items[n];
    positions.push_back(item.position);
    if (uids.empty()) continue;
    MailboxIndex::Entry entry;
    entry.uid = uids[n];
    entry.identity = now_.source.identity(item.position);
    entry.has_identity = now_.source.has_identity(item.position);
    entry.size = item.size;
    entry.date = MailboxIndex::no_date;
    now_.destination.add(entry, item.meta.flags);
    now_.copies[item.position] = uids[n];
    ++appended_;
  }
  known_->confirm(now_, positions);
}

/// What the destination looks like now that we have changed it. False when it is not just that: somebody else works
/// there, or the server does not tell the UIDs of what it takes.
awaitable<bool> MailboxSync::read_end_state(store::SideState& state) {
  imap::Session& destination = *lane_.destination;
  const core::Result<imap::MailboxStatus> status = co_await destination.status(pair_.destination_wire);
  if (!status || status->uid_validity != state.uid_validity) co_return false;
  const bool is_ours_alone = status->messages == now_.destination.size() &&
                             destination.foreign_changes() == foreign_changes_before_ &&
                             status->uid_next - state.uid_next == appended_;
  if (!is_ours_alone) co_return false;
  state.uid_next = status->uid_next;
  state.messages = status->messages;
  state.mod_seq = status->mod_seq;
  co_return true;
}

store::MailboxCounts MailboxSync::counts() const {
  store::MailboxCounts counts;
  counts.pairs = static_cast<std::uint64_t>(
      std::count_if(now_.copies.begin(), now_.copies.end(), [](imap::proto::Uid uid) { return uid != 0; }));
  counts.source_duplicates = now_.source.size() - std::min(now_.source.size(), counts.pairs + now_.deleted.size());
  counts.destination_duplicates = matches_.destination_duplicates.size();
  counts.destination_only = matches_.destination_only.size();
  return counts;
}

/// What a pass has come to.
awaitable<void> MailboxSync::note_end() {
  if (!is_worth_noting_) co_return;
  store::MailboxRecord record = record_of_opening();
  bool is_settled =
      is_complete_ && !has_failures_ && memory_.refused.empty() && now_.source.size() == source_state_.exists;
  if (has_changed_destination_) {
    const bool is_read = co_await read_end_state(record.destination_state);
    is_settled = is_settled && is_read;
  }
  record.counts = counts();
  if (is_settled) record.settled_for = settling_rules(context_.rules);
  std::vector<store::RefusedMessage> refused;
  for (const auto& [uid, reason] : memory_.refused) {
    const std::size_t i = now_.source.find(uid);
    refused.push_back({uid, i < now_.source.size() ? now_.source.message_size(i) : 0, reason});
  }
  co_await known_->write(now_, std::move(record), refused);
}

}  // namespace imapferry::sync
