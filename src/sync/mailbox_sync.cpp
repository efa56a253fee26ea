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

MailboxWeight weight_of(const MailboxIndex& index) {
  MailboxWeight weight{index.total_bytes(), 0};
  for (std::size_t i = 0; i < index.size(); ++i) weight.biggest = std::max(*weight.biggest, index.message_size(i));
  return weight;
}

}  // namespace

MailboxSync::MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast,
                         MailboxMemory& memory, KnownMailbox* known)
    : context_(context), lane_(lane), pair_(pair), forecast_(forecast), memory_(memory), known_(known),
      scope_(context.rules.selection) {}

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
  const bool has_messages = source_state_.exists > 0 || context_.rules.deletion.touch_destination();
  if (has_messages) {
    co_await complete_listings();
    check_listing();
    co_await read_scope();
  }
  co_await compare();
  refuse_too_large();
  tell_plan();
  if (!has_messages) co_return true;
  if (context_.rules.dry) {
    co_await delete_messages();
    co_return true;
  }
  const bool has_set_flags = !context_.stop.is_requested;
  if (has_set_flags) co_await set_flags(flag_plan_);
  co_await note_before_changes();
  const bool is_complete = co_await copy() && has_set_flags;
  co_await settle();
  if (is_complete) co_await delete_messages();
  note_carried();
  is_worth_noting_ = known_ != nullptr;
  is_complete_ = is_complete;
  co_return is_complete;
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
    flight.spawn(list(Side::source, *there == 0 ? first_copy_depth() : IndexDepth::identified));
  }
  if (has_destination && destination_.catch_up) {
    flight.spawn(destination_.catch_up->ask());
  } else if (there.value_or(0) > 0) {
    flight.spawn(list(Side::destination, IndexDepth::identified));
  }
  co_await flight.join();
}

awaitable<void> MailboxSync::open_source() {
  const bool deletes = context_.rules.deletion.touch_source();
  const auto mode = deletes && !context_.rules.dry ? imap::SelectMode::read_write : imap::SelectMode::read_only;
  core::Result<imap::MailboxState> state = co_await lane_.source->select(pair_.source.wire, mode);
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
  if (source_state_.exists == 0) {
    // An empty mailbox may refuse to be listed.
    now_.source = {};
    source_.depth = IndexDepth::identified;
    source_.failure.reset();
  }
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
    const bool must_list = !source_.depth || (*source_.depth == IndexDepth::light && context_.carried != nullptr);
    if (must_list) both.spawn(list(Side::source, first_copy_depth()));
  } else {
    both.spawn(complete_listing(Side::source));
    both.spawn(complete_listing(Side::destination));
  }
  co_await both.join();
  if (source_.failure) throw core::Error(source_.failure->within(name_of(Side::source)));
  if (destination_.failure) throw core::Error(destination_.failure->within(name_of(Side::destination)));
}

/// What is copied whole tells its identities on the way, unless they decide what is copied.
IndexDepth MailboxSync::first_copy_depth() const noexcept {
  return context_.carried != nullptr ? IndexDepth::identified : IndexDepth::light;
}

awaitable<void> MailboxSync::complete_listing(Side side) {
  if (listing(side).depth == IndexDepth::light) co_await identify_rest(side);
  if (!listing(side).depth) co_await list(side, IndexDepth::identified);
}

awaitable<void> MailboxSync::list(Side side, IndexDepth depth) {
  Listing& here = listing(side);
  const auto expected = side == Side::source ? forecast_.source_messages : forecast_.destination_messages;
  try {
    co_await read_index(session(side), context_.identity, "1:*", depth, expected.value_or(0), index(side));
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
  co_await identify(session(side), context_.identity, index(side), rest);
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

awaitable<void> MailboxSync::read_scope() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(scope_.read(Side::source, *lane_.source, now_.source));
  if (!is_first_copy_) both.spawn(scope_.read(Side::destination, *lane_.destination, now_.destination));
  co_await both.join();
}

/// Finds out what is to be done; a large mailbox takes the better part of a second, and others must not wait for it.
awaitable<void> MailboxSync::compare() {
  if (is_first_copy_) {
    matches_.missing.resize(now_.source.size());
    std::iota(matches_.missing.begin(), matches_.missing.end(), 0U);
    note_copies();
    narrow();
    co_return;
  }
  std::function<void()> work = [this] {
    matches_ = match(now_.source, now_.destination, context_.rules.selection.copy_duplicates);
    note_copies();
    narrow();
    plan_flags();
  };
  if (now_.source.size() + now_.destination.size() <= compared_at_once) {
    work();
  } else {
    co_await context_.worker.run(std::move(work));
  }
}

void MailboxSync::narrow() {
  leave_deleted();
  left_out_ = scope_.narrow(matches_, now_.source, now_.destination);
  if (context_.carried == nullptr) return;
  cross_duplicates_ = std::erase_if(matches_.missing,
                                    [this](std::uint32_t i) { return context_.carried->has(now_.source.identity(i)); });
}

/// What the destination says beforehand that it will not take is not sent.
void MailboxSync::refuse_too_large() {
  const std::optional<std::uint64_t> told = lane_.destination->capabilities().append_limit();
  const std::optional<std::uint64_t> given = context_.rules.selection.append_limit;
  if (!told && !given) return;
  const std::uint64_t limit = std::min(told.value_or(UINT64_MAX), given.value_or(UINT64_MAX));
  const std::string reason = fmt::format("destination: the message is larger than the {} bytes that it takes ({})",
                                         limit, given && *given == limit ? "--appendlimit" : "its APPENDLIMIT");
  std::erase_if(matches_.missing, [&](std::uint32_t i) {
    const std::uint64_t size = now_.source.message_size(i);
    if (size <= limit) return false;
    const core::Failure failure{Fault::append, reason, {}};
    if (memory_.refused.emplace(now_.source.uid(i), failure.describe()).second) {
      context_.observer.on(MessageRefused{pair_.source.name, pair_.destination, now_.source.uid(i), size, {}, failure});
    }
    return true;
  });
}

void MailboxSync::plan_flags() {
  const FlagTranslator translate(context_.rules.flags, destination_state_.permanent_flags);
  switch (context_.rules.flags.present) {
  case config::FlagRules::Present::keep: break;
  case config::FlagRules::Present::replace:
    flag_plan_ = plan_replacements(matches_, now_.source, now_.destination, translate);
    break;
  case config::FlagRules::Present::merge:
    flag_plan_ = plan_merges(matches_, now_.source, now_.destination, translate, flags_before_, remembered_);
    break;
  }
}

void MailboxSync::note_copies() {
  now_.copies.assign(now_.source.size(), 0);
  for (const Matches::Pair& pair : matches_.pairs) now_.copies[pair.source] = now_.destination.uid(pair.destination);
}

/// Notes which messages were copied once and have been deleted on the destination since, and leaves them where the user
/// has said so.
void MailboxSync::leave_deleted() {
  if (context_.rules.deletion.copy_deleted) {
    now_.deleted.clear();
  } else {
    for (const auto& [uid, copy] : copied_before_) {
      if (now_.destination.find(copy) == now_.destination.size()) now_.deleted.insert(uid);
    }
    std::erase_if(matches_.missing, [this](std::uint32_t i) { return now_.deleted.contains(now_.source.uid(i)); });
  }
}

void MailboxSync::tell_plan() {
  MailboxPlanned event;
  event.source = pair_.source.name;
  event.destination = pair_.destination;
  event.source_messages = now_.source.size();
  event.destination_messages = now_.destination.empty() ? destination_state_.exists : now_.destination.size();
  for (const std::uint32_t i : matches_.missing) {
    if (memory_.is_settled(now_.source.uid(i))) continue;
    ++event.to_copy;
    event.bytes_to_copy += now_.source.message_size(i);
  }
  event.already_there = matches_.pairs.size();
  event.source_duplicates = matches_.source_duplicates.size();
  event.destination_duplicates = matches_.destination_duplicates.size();
  event.destination_only = matches_.destination_only.size();
  event.flags_to_set = size_of(flag_plan_);
  event.cross_duplicates = cross_duplicates_;
  event.left_out = left_out_.messages;
  event.bytes_left_out = left_out_.bytes;
  event.dry = context_.rules.dry;
  event.source_weight = weight_of(now_.source);
  // What was not listed, because there is nothing to copy, has no known weight.
  const bool is_listed = !now_.destination.empty() || destination_state_.exists == 0;
  if (is_listed) event.destination_weight = weight_of(now_.destination);
  event.bytes_already_there = 0;
  for (const Matches::Pair& pair : matches_.pairs) *event.bytes_already_there += now_.source.message_size(pair.source);
  context_.observer.on(event);
}

awaitable<void> MailboxSync::identify_large_messages() {
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : matches_.missing) {
    if (now_.source.message_size(i) > context_.limits.batch_bytes) large.push_back(i);
  }
  co_await identify(*lane_.source, context_.identity, now_.source, large);
}

awaitable<bool> MailboxSync::copy() {
  if (matches_.missing.empty()) co_return true;
  co_await complete_dates();
  const FlagTranslator translate(context_.rules.flags, destination_state_.permanent_flags);
  Copier copier(context_, lane_, pair_, now_.source, translate, memory_);
  copier.on_confirmed([this](auto items, auto uids) { note_copied(items, uids); });
  has_changed_destination_ = true;
  if (is_first_copy_) {
    co_await identify_large_messages();
    if (!context_.rules.selection.copy_duplicates) copier.tell_duplicates_while_copying();
  }
  const bool is_complete = co_await copier.copy(matches_.missing);
  confirmed_ = copier.confirmed();
  if (!flags_after_copy_.empty()) co_await set_flags(flags_after_copy_);
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
  if (!context_.rules.selection.dates_from_header) co_return;
  // The others bring their headers along.
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : matches_.missing) {
    if (now_.source.message_size(i) > context_.limits.batch_bytes) large.push_back(i);
  }
  co_await read_header_dates(*lane_.source, now_.source, large);
}

/// All that get the same change at once, and all changes in one flight.
awaitable<void> MailboxSync::set_flags(const FlagPlan& plan) {
  if (plan.empty()) co_return;
  has_changed_destination_ = true;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  for (const auto& [item, planned] : plan) {
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
  co_await read_index(*lane_.destination, context_.identity, range, IndexDepth::identified, 0, arrived);
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

}  // namespace imapferry::sync
