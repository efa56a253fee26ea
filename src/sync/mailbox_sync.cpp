#include "sync/mailbox_sync.hpp"

#include "imap/proto/refusal.hpp"
#include "sync/doubled_messages.hpp"
#include "sync/index_reader.hpp"
#include "sync/mailbox_deletions.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

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
                         MailboxMemory& memory, KnownMailbox* known, const LabelNames* label_names)
    : pass_{context, lane, pair, memory}, labels_(pass_, label_names), forecast_(forecast), known_(known),
      scope_(context.rules.selection, context.begun_at) {}

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
  const bool has_messages = pass_.source_state.exists > 0 || pass_.context.rules.deletion.touch_destination();
  if (has_messages) {
    co_await complete_listings();
    check_listing();
    co_await read_scope();
  }
  co_await compare();
  refuse_too_large();
  co_await labels_.plan();
  tell_plan();
  if (!has_messages) co_return true;
  MailboxDeletions deletions(pass_);
  if (pass_.context.rules.dry) {
    co_await deletions.run();
    co_return true;
  }
  const bool has_set_flags = !pass_.context.stop.is_requested;
  if (has_set_flags) co_await set_flags(flag_plan_);
  if (has_set_flags) co_await labels_.carry_out_plan();
  co_await note_before_changes();
  const bool is_complete = co_await copy() && has_set_flags;
  co_await set_flags(pass_.memory.flags_after_copy);
  pass_.memory.flags_after_copy.clear();
  co_await labels_.set_on_copies();
  co_await take_back_doubled(pass_, confirmed_);
  if (is_complete) co_await deletions.run();
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
  const bool has_destination = !pass_.context.rules.dry || pass_.pair.exists;
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
  const bool deletes = pass_.context.rules.deletion.touch_source();
  const auto mode = deletes && !pass_.context.rules.dry ? imap::SelectMode::read_write : imap::SelectMode::read_only;
  core::Result<imap::MailboxState> state = co_await pass_.lane.source->select(pass_.pair.source.wire, mode);
  pass_.source_state = value_or_throw(Side::source, std::move(state));
}

awaitable<void> MailboxSync::open_destination() {
  const auto mode = pass_.context.rules.dry ? imap::SelectMode::read_only : imap::SelectMode::read_write;
  foreign_changes_before_ = pass_.lane.destination->foreign_changes();
  core::Result<imap::MailboxState> state = co_await pass_.lane.destination->select(pass_.pair.destination_wire, mode);
  pass_.destination_state = value_or_throw(Side::destination, std::move(state));
  if (pass_.memory.first_uid_next == 0) pass_.memory.first_uid_next = pass_.destination_state.uid_next;
  if (pass_.destination_state.is_read_only && !pass_.context.rules.dry) {
    throw core::Error(Fault::select, "destination: the mailbox can only be read");
  }
}

/// Lists what the first flight has not.
awaitable<void> MailboxSync::complete_listings() {
  co_await finish_catching_up(Side::source);
  if (pass_.source_state.exists == 0) {
    // An empty mailbox may refuse to be listed.
    pass_.now.source = {};
    source_.depth = IndexDepth::identified;
    source_.failure.reset();
  }
  is_first_copy_ = pass_.destination_state.exists == 0;
  if (is_first_copy_) {
    destination_.depth.reset();
    destination_.failure.reset();
    destination_.catch_up.reset();
    pass_.now.destination = {};
  } else {
    co_await finish_catching_up(Side::destination);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  if (is_first_copy_) {
    const bool must_list = !source_.depth || (*source_.depth == IndexDepth::light && pass_.context.carried != nullptr);
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
  return pass_.context.carried != nullptr ? IndexDepth::identified : IndexDepth::light;
}

awaitable<void> MailboxSync::complete_listing(Side side) {
  if (listing(side).depth == IndexDepth::light) co_await identify_rest(side);
  if (!listing(side).depth) co_await list(side, IndexDepth::identified);
}

awaitable<void> MailboxSync::list(Side side, IndexDepth depth) {
  Listing& here = listing(side);
  const auto expected = side == Side::source ? forecast_.source_messages : forecast_.destination_messages;
  try {
    co_await read_index(pass_.session(side), pass_.context.identity, "1:*", depth, expected.value_or(0),
                        pass_.index(side));
    here.depth = depth;
    here.failure.reset();
  } catch (const core::Error& error) {
    // Whose connection was lost is told by the account. Anything else may come of the mailbox being empty or not open.
    if (!pass_.session(side).is_open()) throw;
    pass_.index(side) = {};
    here.failure = error.failure();
  }
}

/// What was listed lightly, or not to its end, gets its identities.
awaitable<void> MailboxSync::identify_rest(Side side) {
  std::vector<std::uint32_t> rest;
  for (std::size_t i = 0; i < pass_.index(side).size(); ++i) {
    if (!pass_.index(side).has_identity(i)) rest.push_back(static_cast<std::uint32_t>(i));
  }
  co_await identify(pass_.session(side), pass_.context.identity, pass_.index(side), rest);
  listing(side).depth = IndexDepth::identified;
}

/// A message that the source counts but does not list would be lost in silence, so it is told.
void MailboxSync::check_listing() {
  const std::uint64_t expected = pass_.lane.source->exists();
  if (pass_.now.source.size() >= expected) return;
  pass_.has_failures = true;
  pass_.context.observer.on(MailboxFailed{
      pass_.pair.source.name, pass_.pair.destination,
      core::Failure{Fault::fetch,
                    fmt::format("the source holds {} messages but lists only {}", expected, pass_.now.source.size()),
                    {}}});
}

awaitable<void> MailboxSync::identify_large_messages() {
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : pass_.matches.missing) {
    if (pass_.now.source.message_size(i) > pass_.context.limits.batch_bytes) large.push_back(i);
  }
  co_await identify(*pass_.lane.source, pass_.context.identity, pass_.now.source, large);
}

awaitable<bool> MailboxSync::copy() {
  if (pass_.matches.missing.empty()) co_return true;
  co_await complete_dates();
  const FlagTranslator translate(pass_.context.rules.flags, pass_.destination_state.permanent_flags);
  Copier copier(pass_.context, pass_.lane, pass_.pair, pass_.now.source, translate, pass_.memory);
  copier.on_confirmed([this](auto items, auto uids) { note_copied(items, uids); });
  pass_.has_changed_destination = true;
  if (is_first_copy_) {
    co_await identify_large_messages();
    copier.set_lookalikes_aside(!pass_.context.rules.selection.copy_duplicates);
  }
  bool is_complete = co_await copier.copy(pass_.matches.missing);
  if (is_complete && !copier.lookalikes().empty()) is_complete = co_await copy_apparent_duplicates(copier);
  confirmed_ = copier.confirmed();
  co_return is_complete;
}

/// Of the messages that look like others, those that say something else are no duplicates.
awaitable<bool> MailboxSync::copy_apparent_duplicates(Copier& copier) {
  std::vector<std::uint32_t> family;
  for (const Copier::Lookalike& one : copier.lookalikes()) {
    family.push_back(one.position);
    family.push_back(one.earlier);
  }
  std::sort(family.begin(), family.end());
  family.erase(std::unique(family.begin(), family.end()), family.end());
  co_await read_contents_of(Side::source, family);
  std::set<std::pair<std::uint32_t, Content>> seen;
  for (const Copier::Lookalike& one : copier.lookalikes()) {
    if (const Content* content = pass_.now.source.content(one.earlier)) seen.emplace(one.earlier, *content);
  }
  std::vector<std::uint32_t> others;
  std::uint64_t duplicates = 0;
  for (const Copier::Lookalike& one : copier.lookalikes()) {
    const Content* content = pass_.now.source.content(one.position);
    const bool is_duplicate = content != nullptr && !seen.emplace(one.earlier, *content).second;
    if (is_duplicate) {
      ++duplicates;
    } else {
      others.push_back(one.position);
    }
  }
  if (duplicates > 0) pass_.context.observer.on(DuplicatesSkipped{pass_.pair.source.name, duplicates});
  std::sort(others.begin(), others.end());
  copier.set_lookalikes_aside(false);
  const bool is_complete = co_await copier.copy(others);
  // What was sent is what is there, but for what the server changes and nobody compares.
  for (const std::uint32_t i : family) {
    const Content* content = pass_.now.source.content(i);
    if (content != nullptr && pass_.now.copies[i] != 0)
      pass_.now.destination.set_content(pass_.now.copies[i], *content);
  }
  co_return is_complete;
}

/// Dates are not remembered, as only messages that are copied need theirs.
awaitable<void> MailboxSync::complete_dates() {
  std::vector<std::uint32_t> undated;
  for (const std::uint32_t i : pass_.matches.missing) {
    if (pass_.now.source.date(i) == MailboxIndex::no_date) undated.push_back(i);
  }
  // Where the server has told none for the others either, there are none to be had.
  if (known_ != nullptr) co_await read_dates(*pass_.lane.source, pass_.now.source, undated);
  if (!pass_.context.rules.selection.dates_from_header) co_return;
  // The others bring their headers along.
  std::vector<std::uint32_t> large;
  for (const std::uint32_t i : pass_.matches.missing) {
    if (pass_.now.source.message_size(i) > pass_.context.limits.batch_bytes) large.push_back(i);
  }
  co_await read_header_dates(*pass_.lane.source, pass_.now.source, large);
}

/// All that get the same change at once, and all changes in one flight.
awaitable<void> MailboxSync::set_flags(const FlagPlan& plan) {
  if (plan.empty()) co_return;
  pass_.has_changed_destination = true;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  for (const auto& [item, planned] : plan) {
    for (std::string& set : planned.uids.to_strings(longest_set)) {
      flight.spawn(set_flags_of(std::move(set), planned.change));
    }
  }
  co_await flight.join();
  if (pass_.has_failures) forget_flag_changes();
}

awaitable<void> MailboxSync::set_flags_of(std::string set, const FlagChange& change) {
  const std::string item = change.item();
  const std::optional<core::Failure> failure = co_await pass_.lane.destination->uid_store(set, item);
  if (failure) {
    pass_.has_failures = true;
    pass_.context.observer.on(
        MailboxFailed{pass_.pair.source.name, pass_.pair.destination,
                      failure->within(fmt::format("{} of messages {}", item, set)).within(name_of(Side::destination))});
    co_return;
  }
  const auto changed = UidSet::parse(set);
  if (changed) note_flags(*changed, change);
  pass_.context.observer.on(FlagsSet{pass_.pair.destination, changed ? changed->size() : 0});
}

/// What could not be set is still to be done at the next run, which must see the change again.
void MailboxSync::forget_flag_changes() {
  for (const auto& [uid, flags] : flags_before_) {
    const std::size_t i = pass_.now.source.find(uid);
    if (i < pass_.now.source.size()) pass_.now.source.set_flags(i, flags);
  }
  pass_.source_state.mod_seq = known_ != nullptr ? known_->record().source_state.mod_seq : 0;
}

}  // namespace imapferry::sync
