#include "sync/mailbox_sync.hpp"

#include "imap/proto/refusal.hpp"
#include "sync/index_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;

template <class T>
T value_or_throw(Side side, core::Result<T> result) {
  if (!result) throw core::Error(result.error().within(name_of(side)));
  return std::move(*result);
}

}  // namespace

MailboxSync::MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast,
                         MailboxMemory& memory, KnownMailbox* known)
    : context_(context), lane_(lane), pair_(pair), forecast_(forecast), memory_(memory), known_(known),
      scope_(context.rules.selection, context.begun_at) {}

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

}  // namespace imapferry::sync
