#include "sync/mailbox_deletions.hpp"

#include "core/task_group.hpp"
#include "sync/index_reader.hpp"
#include "sync/message/deletion_guard.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::sync {

using boost::asio::awaitable;
using How = config::DeletionRules::How;
using imap::proto::Uid;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;
constexpr std::size_t compared_at_once = 1000;
constexpr std::string_view mark_item = "+FLAGS.SILENT (\\Deleted)";
constexpr std::string_view unmark_item = "-FLAGS.SILENT (\\Deleted)";
// Some servers end every message with a line end.
constexpr std::uint64_t longest_line_end = 2;

bool is_marked(const MailboxIndex& index, std::size_t i) {
  return (index.flags(i).system & imap::proto::flag_deleted) != 0;
}

/// Whether a message of equal identity is a whole copy, by its size.
bool is_whole_copy(std::uint64_t source_size, std::uint64_t copy_size) {
  return copy_size >= source_size && copy_size - source_size <= longest_line_end;
}

}  // namespace

/// The last thing that is done in a mailbox, when all that is to be copied is known to be there.
awaitable<void> MailboxDeletions::run() {
  const config::DeletionRules& rules = pass_.context.rules.deletion;
  if (rules.destination != How::never || rules.destination_duplicates != How::never) co_await delete_on_destination();
  if (rules.expunge_destination && !pass_.context.rules.dry && !pass_.has_failures) co_await expunge_destination();
  if (rules.touch_source()) co_await delete_on_source();
}

void MailboxDeletions::tell_deleted(Side side, std::uint64_t messages) {
  const std::string& mailbox = side == Side::source ? pass_.pair.source.name : pass_.pair.destination;
  pass_.context.observer.on(MessagesDeleted{side, mailbox, messages, pass_.context.rules.dry});
}

/// False, and told, when the server refuses.
awaitable<bool> MailboxDeletions::delete_set(Side side, const UidSet& doomed, How how) {
  for (const std::string& set : doomed.to_strings(longest_set)) {
    std::optional<core::Failure> failure;
    if (how == How::mark) {
      failure = co_await pass_.session(side).uid_store(set, mark_item);
    } else {
      failure = co_await pass_.session(side).uid_delete(set);
    }
    if (failure) {
      pass_.fail(failure->within("deleting messages").within(name_of(side)));
      co_return false;
    }
  }
  co_return true;
}

/// Where others go to the same mailbox: what of it is ours.
void MailboxDeletions::note_theirs() {
  if (pass_.memory.shared == nullptr) return;
  std::vector<Uid> copies = pass_.now.copies;
  std::sort(copies.begin(), copies.end());
  for (const Uid uid : copies) pass_.memory.shared->theirs.add(uid);
  for (const UidSet::Range& range : pass_.memory.appended.ranges())
    pass_.memory.shared->theirs.add(range.first, range.last);
}

/// How many of the messages that we do not have none of the others has either; the last of them knows.
std::uint64_t MailboxDeletions::nobodys_among(const UidSet& doomed) const {
  const SharedDestination* shared = pass_.memory.shared;
  if (shared == nullptr || !shared->is_known) return doomed.size();
  if (shared->to_come > 1) return 0;
  std::uint64_t nobodys = 0;
  for (std::size_t i = 0; i < pass_.now.destination.size(); ++i) {
    const Uid uid = pass_.now.destination.uid(i);
    if (doomed.contains(uid) && !shared->theirs.contains(uid)) ++nobodys;
  }
  return nobodys;
}

/// Whether this run has appended it; where the server does not tell UIDs, that is so of all that has come since.
bool MailboxDeletions::may_be_ours(Uid uid) const {
  const MailboxMemory& memory = pass_.memory;
  if (memory.appended.size() < memory.copied && uid >= memory.first_uid_next) return true;
  return memory.appended.contains(uid);
}

awaitable<void> MailboxDeletions::delete_on_destination() {
  const config::DeletionRules& rules = pass_.context.rules.deletion;
  note_theirs();
  UidSet doomed;
  const auto doom = [&](const std::vector<std::uint32_t>& positions) {
    // What this run has appended is never among them, whatever the server has made of it.
    for (const std::uint32_t i : positions) {
      const Uid uid = pass_.now.destination.uid(i);
      if (!may_be_ours(uid)) doomed.add(uid);
    }
  };
  if (rules.destination != How::never) doom(pass_.matches.destination_only);
  if (rules.destination_duplicates != How::never) doom(pass_.matches.destination_duplicates);
  if (doomed.empty()) co_return;
  if (pass_.pair.sources > 1) {
    const std::uint64_t nobodys = nobodys_among(doomed);
    if (nobodys == 0) co_return;
    pass_.fail(core::Failure{
        core::Fault::deletion,
        fmt::format("{} messages are not deleted on the destination: several folders of the source go there", nobodys),
        {}});
    co_return;
  }
  // A source that did not tell all its messages must not cost the destination any.
  if (pass_.has_failures) co_return;
  const DeletionSize size{doomed.size(), pass_.now.destination.size()};
  if (const auto forbidden = forbids_on_destination(rules, size, pass_.source_state.exists)) {
    pass_.fail(*forbidden);
    co_return;
  }
  if (!pass_.context.rules.dry) {
    const How how = rules.destination != How::never ? rules.destination : rules.destination_duplicates;
    pass_.has_changed_destination = true;
    const bool is_done = co_await delete_set(Side::destination, doomed, how);
    if (!is_done) co_return;
    if (how == How::expunge) forget_on_destination(doomed);
    pass_.matches.destination_only.clear();
    pass_.matches.destination_duplicates.clear();
  }
  tell_deleted(Side::destination, doomed.size());
}

awaitable<void> MailboxDeletions::expunge_destination() {
  pass_.has_changed_destination = true;
  const std::optional<core::Failure> failure = co_await pass_.lane.destination->expunge();
  if (failure) {
    pass_.fail(failure->within(name_of(Side::destination)));
    co_return;
  }
  UidSet gone;
  for (std::size_t i = 0; i < pass_.now.destination.size(); ++i) {
    if (is_marked(pass_.now.destination, i)) gone.add(pass_.now.destination.uid(i));
  }
  forget_on_destination(gone);
}

/// Keeps what is paired in step; what has no copy any more is in no pair.
void MailboxDeletions::forget_on_destination(const UidSet& gone) {
  std::vector<Uid> copies;
  for (const Matches::Pair& pair : pass_.matches.pairs) copies.push_back(pass_.now.destination.uid(pair.destination));
  pass_.now.destination.erase(gone);
  std::vector<Matches::Pair> left;
  for (std::size_t n = 0; n < copies.size(); ++n) {
    const std::size_t there = pass_.now.destination.find(copies[n]);
    if (there == pass_.now.destination.size()) continue;
    left.push_back({pass_.matches.pairs[n].source, static_cast<std::uint32_t>(there)});
  }
  pass_.matches.pairs = std::move(left);
}

/// Of the messages that were copied without the destination telling their UIDs, those that are found there.
awaitable<UidSet> MailboxDeletions::copies_that_are_there() {
  UidSet there;
  if (pass_.copied_blind.empty()) co_return there;
  MailboxIndex arrived;
  const std::string range = fmt::format("{}:*", std::max<std::uint32_t>(pass_.memory.first_uid_next, 1));
  co_await read_index(*pass_.lane.destination, pass_.context.identity, range, IndexDepth::identified, 0, arrived);
  std::multimap<Identity, std::uint64_t> sizes;
  for (std::size_t i = 0; i < arrived.size(); ++i) sizes.emplace(arrived.identity(i), arrived.message_size(i));
  for (const std::uint32_t i : pass_.copied_blind) {
    if (!pass_.now.source.has_identity(i)) continue;
    const auto [first, last] = sizes.equal_range(pass_.now.source.identity(i));
    const auto found = std::find_if(
        first, last, [&](const auto& copy) { return is_whole_copy(pass_.now.source.message_size(i), copy.second); });
    if (found == last) continue;
    sizes.erase(found);
    there.add(pass_.now.source.uid(i));
  }
  co_return there;
}

bool MailboxDeletions::wants_deleted_on_source(std::uint32_t i) const {
  return pass_.context.rules.deletion.source != How::never || is_marked(pass_.now.source, i);
}

/// Adds to `safe` what says the same on both sides.
awaitable<void> MailboxDeletions::compare_copies(std::span<const Matches::Pair> pairs, UidSet& safe) {
  UidSet originals;
  UidSet copies;
  for (const Matches::Pair& pair : pairs) {
    originals.add(pass_.now.source.uid(pair.source));
    copies.add(pass_.now.destination.uid(pair.destination));
  }
  Contents here;
  Contents there;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(read_contents(*pass_.lane.source, pass_.context.identity, originals, here));
  both.spawn(read_contents(*pass_.lane.destination, pass_.context.identity, copies, there));
  co_await both.join();
  for (const Matches::Pair& pair : pairs) {
    const auto original = here.find(pass_.now.source.uid(pair.source));
    const auto copy = there.find(pass_.now.destination.uid(pair.destination));
    const bool is_equal = original != here.end() && copy != there.end() && original->second == copy->second;
    if (is_equal) safe.add(original->first);
  }
}

/// UIDs on the source of messages, of those that this run works on, that may be deleted there: we have copied them and
/// the destination has confirmed it, or both were read and say the same.
awaitable<UidSet> MailboxDeletions::safely_copied() {
  UidSet safe = co_await copies_that_are_there();
  std::vector<Matches::Pair> doubtful;
  for (const std::uint32_t i : pass_.copied_known) safe.add(pass_.now.source.uid(i));
  for (const Matches::Pair& pair : pass_.matches.pairs) {
    if (!wants_deleted_on_source(pair.source)) continue;
    const Uid uid = pass_.now.source.uid(pair.source);
    if (pass_.now.confirmed.contains(uid)) {
      safe.add(uid);
    } else {
      doubtful.push_back(pair);
    }
  }
  if (pass_.context.rules.dry) {
    for (const Matches::Pair& pair : doubtful) {
      const bool is_whole = is_whole_copy(pass_.now.source.message_size(pair.source),
                                          pass_.now.destination.message_size(pair.destination));
      if (is_whole) safe.add(pass_.now.source.uid(pair.source));
    }
    for (const std::uint32_t i : pass_.matches.missing) safe.add(pass_.now.source.uid(i));
    co_return safe;
  }
  for (std::size_t next = 0; next < doubtful.size() && !pass_.context.stop.is_requested; next += compared_at_once) {
    const std::size_t count = std::min(compared_at_once, doubtful.size() - next);
    co_await compare_copies(std::span(doubtful).subspan(next, count), safe);
  }
  const auto differs = [&](const Matches::Pair& pair) { return !safe.contains(pass_.now.source.uid(pair.source)); };
  const auto different = std::count_if(doubtful.begin(), doubtful.end(), differs);
  if (different > 0 && !pass_.context.stop.is_requested) {
    pass_.fail(core::Failure{
        core::Fault::deletion,
        fmt::format("{} messages stay on the source: what is taken for their copy says something else", different),
        {}});
  }
  co_return safe;
}

/// Whether the destination's mailbox is the source's own, under whatever names of server and user: then nothing has a
/// copy. Where UIDs are alike, a message that is to go anyway changes its mark, and the destination is asked for it.
awaitable<bool> MailboxDeletions::is_source_itself(const UidSet& doomed) {
  if (pass_.source_state.uid_validity != pass_.destination_state.uid_validity) co_return false;
  const auto twin =
      std::find_if(pass_.matches.pairs.begin(), pass_.matches.pairs.end(), [&](const Matches::Pair& pair) {
        const Uid uid = pass_.now.source.uid(pair.source);
        return pass_.now.destination.uid(pair.destination) == uid && doomed.contains(uid) &&
               is_marked(pass_.now.source, pair.source) == is_marked(pass_.now.destination, pair.destination);
      });
  if (twin == pass_.matches.pairs.end()) co_return false;
  const bool was_marked = is_marked(pass_.now.source, twin->source);
  const std::string uid = std::to_string(pass_.now.source.uid(twin->source));
  const std::string_view change = was_marked ? unmark_item : mark_item;
  const std::optional<core::Failure> failure = co_await pass_.lane.source->uid_store(uid, change);
  if (failure) co_return false;
  co_await pass_.lane.destination->noop();
  MailboxIndex seen;
  co_await read_index(*pass_.lane.destination, pass_.context.identity, uid, IndexDepth::light, 1, seen);
  const bool has_followed = seen.size() == 1 && is_marked(seen, 0) != was_marked;
  if (!has_followed) co_return false;
  const std::string_view undo = was_marked ? mark_item : unmark_item;
  co_await pass_.lane.source->uid_store(uid, undo);
  co_return true;
}

awaitable<void> MailboxDeletions::delete_on_source() {
  const config::DeletionRules& rules = pass_.context.rules.deletion;
  const UidSet safe = co_await safely_copied();
  UidSet doomed;
  for (std::uint32_t i = 0; i < pass_.now.source.size(); ++i) {
    if (wants_deleted_on_source(i) && safe.contains(pass_.now.source.uid(i))) doomed.add(pass_.now.source.uid(i));
  }
  if (doomed.empty()) co_return;
  if (const auto forbidden = forbids_on_source(rules, {doomed.size(), pass_.now.source.size()})) {
    pass_.fail(*forbidden);
    co_return;
  }
  if (!pass_.context.rules.dry) {
    const bool has_no_copies = co_await is_source_itself(doomed);
    if (has_no_copies) {
      pass_.fail(core::Failure{
          core::Fault::deletion,
          fmt::format("{} messages stay on the source: the destination is the very same mailbox", doomed.size()),
          {}});
      co_return;
    }
    const How how = rules.source == How::mark ? How::mark : How::expunge;
    const bool is_done = co_await delete_set(Side::source, doomed, how);
    if (!is_done) co_return;
    if (how == How::expunge) forget_on_source(doomed);
  }
  tell_deleted(Side::source, doomed.size());
}

/// Keeps what is known of the others in step.
void MailboxDeletions::forget_on_source(const UidSet& gone) {
  std::vector<Uid> copies;
  for (std::size_t i = 0; i < pass_.now.source.size(); ++i) {
    if (!gone.contains(pass_.now.source.uid(i)))
      copies.push_back(i < pass_.now.copies.size() ? pass_.now.copies[i] : 0);
  }
  pass_.now.source.erase(gone);
  pass_.now.copies = std::move(copies);
  pass_.source_state.exists -=
      static_cast<std::uint32_t>(std::min<std::uint64_t>(gone.size(), pass_.source_state.exists));
  pass_.copied_blind.clear();
  pass_.copied_known.clear();
  pass_.matches.pairs.clear();
}

}  // namespace imapferry::sync
