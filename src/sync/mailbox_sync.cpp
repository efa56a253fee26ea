#include "sync/mailbox_sync.hpp"

#include "imap/proto/refusal.hpp"
#include "sync/index_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
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

template <class T>
T value_or_throw(Side side, core::Result<T> result) {
  if (!result) throw core::Error(result.error().within(name_of(side)));
  return std::move(*result);
}

}  // namespace

MailboxSync::MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast,
                         MailboxMemory& memory)
    : context_(context), lane_(lane), pair_(pair), forecast_(forecast), memory_(memory) {}

awaitable<bool> MailboxSync::run() {
  co_await open_both();
  const bool has_messages = source_state_.exists > 0;
  if (has_messages) {
    co_await complete_listings();
    check_listing();
  }
  co_await compare();
  tell_plan();
  if (context_.rules.dry || !has_messages) co_return true;
  const bool is_complete = co_await copy();
  if (context_.stop.is_requested) co_return is_complete&& flag_changes_.empty();
  co_await set_flags();
  co_return is_complete;
}

/// Opens the mailbox on both sides. Where it is known whether the destination holds anything, the listings that this
/// asks for go in the same flight.
awaitable<void> MailboxSync::open_both() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  flight.spawn(open_source());
  // In a dry run the mailbox may not be there yet: then it is as good as empty.
  const bool has_destination = !context_.rules.dry || pair_.exists;
  if (has_destination) flight.spawn(open_destination());
  const std::optional<std::uint32_t> there = has_destination ? forecast_.destination_messages : 0;
  if (there) flight.spawn(list(Side::source, *there == 0 ? IndexDepth::light : IndexDepth::identified, source_));
  if (there.value_or(0) > 0) flight.spawn(list(Side::destination, IndexDepth::identified, destination_));
  co_await flight.join();
}

awaitable<void> MailboxSync::open_source() {
  core::Result<imap::MailboxState> state =
      co_await lane_.source->select(pair_.source.wire, imap::SelectMode::read_only);
  source_state_ = value_or_throw(Side::source, std::move(state));
}

awaitable<void> MailboxSync::open_destination() {
  const auto mode = context_.rules.dry ? imap::SelectMode::read_only : imap::SelectMode::read_write;
  core::Result<imap::MailboxState> state = co_await lane_.destination->select(pair_.destination_wire, mode);
  destination_state_ = value_or_throw(Side::destination, std::move(state));
  if (destination_state_.is_read_only && !context_.rules.dry) {
    throw core::Error(Fault::select, "destination: the mailbox can only be read");
  }
}

/// Lists what the first flight has not.
awaitable<void> MailboxSync::complete_listings() {
  is_first_copy_ = destination_state_.exists == 0;
  if (is_first_copy_) destination_ = {};
  const IndexDepth depth = is_first_copy_ ? IndexDepth::light : IndexDepth::identified;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  const bool is_source_listed = source_.depth == depth || source_.depth == IndexDepth::identified;
  if (!is_source_listed) both.spawn(list(Side::source, depth, source_));
  if (!is_first_copy_ && !destination_.depth) both.spawn(list(Side::destination, depth, destination_));
  co_await both.join();
  if (source_.failure) throw core::Error(source_.failure->within(name_of(Side::source)));
  if (destination_.failure) throw core::Error(destination_.failure->within(name_of(Side::destination)));
}

awaitable<void> MailboxSync::list(Side side, IndexDepth depth, Listing& listing) {
  imap::Session& session = side == Side::source ? *lane_.source : *lane_.destination;
  const auto expected = side == Side::source ? forecast_.source_messages : forecast_.destination_messages;
  try {
    listing.index = co_await read_index(session, context_.key, "1:*", depth, expected.value_or(0));
    listing.depth = depth;
    listing.failure.reset();
  } catch (const core::Error& error) {
    // Whose connection was lost is told by the account. Anything else may come of the mailbox being empty or not open.
    if (!session.is_open()) throw;
    listing.failure = error.failure();
  }
}

/// A message that the source counts but does not list would be lost in silence, so it is told.
void MailboxSync::check_listing() const {
  const std::uint64_t expected = lane_.source->exists();
  if (source_.index.size() >= expected) return;
  context_.observer.on(MailboxFailed{
      pair_.source.name, pair_.destination,
      core::Failure{Fault::fetch,
                    fmt::format("the source holds {} messages but lists only {}", expected, source_.index.size()),
                    {}}});
}

/// Finds out what is to be done; a large mailbox takes the better part of a second, and others must not wait for it.
awaitable<void> MailboxSync::compare() {
  if (is_first_copy_) {
    matches_.missing.resize(source_.index.size());
    std::iota(matches_.missing.begin(), matches_.missing.end(), 0U);
    co_return;
  }
  std::function<void()> work = [this] {
    matches_ = match(source_.index, destination_.index);
    if (context_.rules.sync_flags) collect_flag_changes();
  };
  if (source_.index.size() + destination_.index.size() <= compared_at_once) {
    work();
  } else {
    co_await context_.worker.run(std::move(work));
  }
}

void MailboxSync::tell_plan() {
  MailboxPlanned event;
  event.source = pair_.source.name;
  event.destination = pair_.destination;
  event.source_messages = source_.index.size();
  event.destination_messages = destination_.index.empty() ? destination_state_.exists : destination_.index.size();
  for (const std::uint32_t i : matches_.missing) {
    if (memory_.refused.contains(source_.index.uid(i))) continue;
    ++event.to_copy;
    event.bytes_to_copy += source_.index.message_size(i);
  }
  event.already_there = matches_.pairs.size();
  event.source_duplicates = matches_.source_duplicates.size();
  event.destination_duplicates = matches_.destination_duplicates.size();
  event.destination_only = matches_.destination_only.size();
  for (const auto& [flags, uids] : flag_changes_) event.flags_to_set += uids.size();
  event.dry = context_.rules.dry;
  context_.observer.on(event);
}

void MailboxSync::collect_flag_changes() {
  // A mailbox has few different sets of flags: what is wanted instead of each is made out once.
  std::map<const imap::proto::Flags*, imap::proto::Flags> wanted;
  for (const Matches::Pair& pair : matches_.pairs) {
    const imap::proto::Flags& flags = source_.index.flags(pair.source);
    auto known = wanted.find(&flags);
    if (known == wanted.end()) {
      known = wanted.emplace(&flags, imap::proto::permitted(flags, destination_state_.permanent_flags)).first;
    }
    if (known->second == destination_.index.flags(pair.destination)) continue;
    flag_changes_[known->second.to_string()].add(destination_.index.uid(pair.destination));
  }
}

awaitable<void> MailboxSync::identify_large_messages() {
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : matches_.missing) {
    if (source_.index.message_size(i) > context_.limits.batch_bytes) large.push_back(i);
  }
  co_await identify(*lane_.source, context_.key, source_.index, large);
}

awaitable<bool> MailboxSync::copy() {
  if (matches_.missing.empty()) co_return true;
  Copier copier(context_, lane_, pair_, source_.index, destination_state_.permanent_flags, memory_);
  if (is_first_copy_) {
    co_await identify_large_messages();
    copier.tell_duplicates_while_copying();
  }
  const bool is_complete = co_await copier.copy(matches_.missing);
  if (copier.confirmed() > 0) co_await settle(copier.appended(), copier.confirmed());
  co_return is_complete;
}

awaitable<void> MailboxSync::set_flags() {
  for (const auto& [flags_text, uids] : flag_changes_) {
    for (const std::string& set : uids.to_strings(longest_set)) {
      const std::optional<core::Failure> failure = co_await lane_.destination->uid_store_flags(set, flags_text);
      if (failure) {
        context_.observer.on(MailboxFailed{pair_.source.name, pair_.destination,
                                           failure->within(fmt::format("flags ({}) of messages {}", flags_text, set))
                                               .within(name_of(Side::destination))});
      } else {
        const auto changed = UidSet::parse(set);
        context_.observer.on(FlagsSet{pair_.destination, changed ? changed->size() : 0});
      }
    }
  }
}

/// When the destination holds more than was there and what we have added, something else came in. It may be a batch of
/// a run that was killed, which the server had received in full and stored after we had looked.
awaitable<void> MailboxSync::settle(const UidSet& appended, std::uint64_t confirmed) {
  const std::uint64_t expected = destination_state_.exists + confirmed;
  // Most servers have counted already, in their answers to the APPENDs.
  if (lane_.destination->exists() != expected) co_await lane_.destination->noop();
  if (lane_.destination->exists() <= expected) co_return;
  if (appended.size() == confirmed && lane_.destination->has(imap::proto::Capability::uidplus))
    co_await remove_doubles(appended);
}

/// Takes back those of our own messages that something else has stored as well: the other one stays.
awaitable<void> MailboxSync::remove_doubles(const UidSet& appended) {
  const std::string range = fmt::format("{}:*", std::max<std::uint32_t>(destination_state_.uid_next, 1));
  const MailboxIndex arrived = co_await read_index(*lane_.destination, context_.key, range, IndexDepth::identified, 0);
  std::vector<std::uint32_t> order(arrived.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&](std::uint32_t i) {
    return std::tuple(arrived.identity(i), arrived.message_size(i), appended.contains(arrived.uid(i)));
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  UidSet doubles;
  for (std::size_t n = 1; n < order.size(); ++n) {
    // Foreign ones sort first: ours is a double when what stands before it is the same message.
    const std::uint32_t before = order[n - 1];
    const std::uint32_t here = order[n];
    const bool is_same = arrived.identity(before) == arrived.identity(here) &&
                         arrived.message_size(before) == arrived.message_size(here);
    const bool is_ours = appended.contains(arrived.uid(here));
    if (is_same && is_ours && !appended.contains(arrived.uid(before))) doubles.add(arrived.uid(here));
  }
  for (const std::string& set : doubles.to_strings(longest_set)) {
    const std::optional<core::Failure> failure = co_await lane_.destination->uid_delete(set);
    if (failure) throw core::Error(failure->within("taking back doubled messages"));
  }
}

}  // namespace imapferry::sync
