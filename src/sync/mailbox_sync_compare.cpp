#include "sync/mailbox_sync.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::UidSet;

namespace {

// Some milliseconds' work.
constexpr std::size_t compared_at_once = 5000;

MailboxWeight weight_of(const MailboxIndex& index) {
  MailboxWeight weight{index.total_bytes(), 0};
  for (std::size_t i = 0; i < index.size(); ++i) weight.biggest = std::max(*weight.biggest, index.message_size(i));
  return weight;
}

}  // namespace

awaitable<void> MailboxSync::read_scope() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(scope_.read(Side::source, *pass_.lane.source, pass_.now.source));
  if (!is_first_copy_) both.spawn(scope_.read(Side::destination, *pass_.lane.destination, pass_.now.destination));
  co_await both.join();
}

/// Finds out what is to be done; a large mailbox takes the better part of a second, and others must not wait for it.
awaitable<void> MailboxSync::compare() {
  if (is_first_copy_) {
    pass_.matches.missing.resize(pass_.now.source.size());
    std::iota(pass_.matches.missing.begin(), pass_.matches.missing.end(), 0U);
    note_copies();
    narrow();
    co_return;
  }
  co_await work_on_lists(&MailboxSync::match_messages);
  if (!pass_.matches.is_certain()) {
    co_await read_contents_that_decide();
    co_await work_on_lists(&MailboxSync::match_messages);
  }
  co_await work_on_lists(&MailboxSync::plan);
}

/// Beside the loop, when there is much to work on.
awaitable<void> MailboxSync::work_on_lists(void (MailboxSync::*step)()) {
  std::function<void()> work = [this, step] { (this->*step)(); };
  if (pass_.now.source.size() + pass_.now.destination.size() <= compared_at_once) {
    work();
  } else {
    co_await pass_.context.worker.run(std::move(work));
  }
}

void MailboxSync::plan() {
  note_copies();
  narrow();
  plan_flags();
}

void MailboxSync::match_messages() {
  const config::DeletionRules& deletion = pass_.context.rules.deletion;
  MatchRules rules;
  rules.keeps_duplicates = pass_.context.rules.selection.copy_duplicates;
  using How = config::DeletionRules::How;
  rules.tells_destination_duplicates =
      deletion.destination != How::never || deletion.destination_duplicates != How::never;
  rules.changes_texts = pass_.context.rules.messages.concern_texts();
  pass_.matches = match(pass_.now.source, pass_.now.destination, rules, copied_before_);
}

awaitable<void> MailboxSync::read_contents_that_decide() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(read_contents_of(Side::source, pass_.matches.unread_source));
  both.spawn(read_contents_of(Side::destination, pass_.matches.unread_destination));
  co_await both.join();
}

awaitable<void> MailboxSync::read_contents_of(Side side, const std::vector<std::uint32_t>& positions) {
  UidSet uids;
  for (const std::uint32_t i : positions) uids.add(pass_.index(side).uid(i));
  Contents contents;
  co_await read_contents(pass_.session(side), pass_.context.identity, uids, contents);
  for (const auto& [uid, content] : contents) pass_.index(side).set_content(uid, content);
}

bool MailboxSync::was_copied_as(imap::proto::Uid source, imap::proto::Uid destination) const {
  const auto is_before = [](const KnownCopy& copy, imap::proto::Uid uid) { return copy.source < uid; };
  const auto copy = std::lower_bound(copied_before_.begin(), copied_before_.end(), source, is_before);
  return copy != copied_before_.end() && copy->source == source && copy->destination == destination;
}

/// Copies whose originals have left the source, now or before, and that are no other message's.
void MailboxSync::note_orphans() {
  std::vector<bool> is_paired(pass_.now.destination.size());
  for (const Matches::Pair& pair : pass_.matches.pairs) is_paired[pair.destination] = true;
  std::vector<imap::proto::Uid> orphans;
  for (const KnownCopy& copy : copied_before_) {
    if (pass_.now.source.find(copy.source) < pass_.now.source.size()) continue;
    const std::size_t there = pass_.now.destination.find(copy.destination);
    if (there < pass_.now.destination.size() && !is_paired[there]) orphans.push_back(copy.destination);
  }
  std::sort(orphans.begin(), orphans.end());
  pass_.now.orphans = {};
  for (const imap::proto::Uid uid : orphans) pass_.now.orphans.add(uid);
}

void MailboxSync::narrow() {
  leave_deleted();
  left_out_ = scope_.narrow(pass_.matches, pass_.now.source, pass_.now.destination);
  if (pass_.context.carried == nullptr) return;
  cross_duplicates_ = std::erase_if(pass_.matches.missing, [this](std::uint32_t i) {
    return pass_.context.carried->has(pass_.now.source.identity(i));
  });
}

/// What the destination says beforehand that it will not take is not sent.
void MailboxSync::refuse_too_large() {
  const std::optional<std::uint64_t> told = pass_.lane.destination->capabilities().append_limit();
  const std::optional<std::uint64_t> given = pass_.context.rules.selection.append_limit;
  if (!told && !given) return;
  const std::uint64_t limit = std::min(told.value_or(UINT64_MAX), given.value_or(UINT64_MAX));
  const std::string reason = fmt::format("destination: the message is larger than the {} bytes that it takes ({})",
                                         limit, given && *given == limit ? "--appendlimit" : "its APPENDLIMIT");
  std::erase_if(pass_.matches.missing, [&](std::uint32_t i) {
    const std::uint64_t size = pass_.now.source.message_size(i);
    if (size <= limit) return false;
    const core::Failure failure{Fault::append, reason, {}};
    if (pass_.memory.refused.emplace(pass_.now.source.uid(i), failure.describe()).second) {
      pass_.context.observer.on(
          MessageRefused{pass_.pair.source.name, pass_.pair.destination, pass_.now.source.uid(i), size, {}, failure});
    }
    return true;
  });
}

void MailboxSync::plan_flags() {
  const FlagTranslator translate(pass_.context.rules.flags, pass_.destination_state.permanent_flags);
  switch (pass_.context.rules.flags.present) {
  case config::FlagRules::Present::keep: break;
  case config::FlagRules::Present::replace:
    flag_plan_ = plan_replacements(pass_.matches, pass_.now.source, pass_.now.destination, translate);
    break;
  case config::FlagRules::Present::merge:
    flag_plan_ =
        plan_merges(pass_.matches, pass_.now.source, pass_.now.destination, translate, flags_before_, remembered_);
    break;
  }
}

void MailboxSync::note_copies() {
  pass_.now.copies.assign(pass_.now.source.size(), 0);
  UidSet confirmed;
  for (const Matches::Pair& pair : pass_.matches.pairs) {
    const imap::proto::Uid uid = pass_.now.source.uid(pair.source);
    const imap::proto::Uid copy = pass_.now.destination.uid(pair.destination);
    pass_.now.copies[pair.source] = copy;
    if (pass_.now.confirmed.contains(uid) && was_copied_as(uid, copy)) confirmed.add(uid);
  }
  pass_.now.confirmed = std::move(confirmed);
  note_orphans();
}

/// Notes which messages were copied once and have been deleted on the destination since, and leaves them where the user
/// has said so.
void MailboxSync::leave_deleted() {
  if (pass_.context.rules.deletion.copy_deleted) {
    pass_.now.deleted.clear();
  } else {
    for (const KnownCopy& copy : copied_before_) {
      const bool was_deleted = pass_.now.destination.find(copy.destination) == pass_.now.destination.size();
      if (was_deleted && copy.source != 0) pass_.now.deleted.insert(copy.source);
    }
    std::erase_if(pass_.matches.missing,
                  [this](std::uint32_t i) { return pass_.now.deleted.contains(pass_.now.source.uid(i)); });
  }
}

void MailboxSync::tell_plan() {
  MailboxPlanned event;
  event.source = pass_.pair.source.name;
  event.destination = pass_.pair.destination;
  event.source_messages = pass_.now.source.size();
  event.destination_messages =
      pass_.now.destination.empty() ? pass_.destination_state.exists : pass_.now.destination.size();
  for (const std::uint32_t i : pass_.matches.missing) {
    if (pass_.memory.is_settled(pass_.now.source.uid(i))) continue;
    ++event.to_copy;
    event.bytes_to_copy += pass_.now.source.message_size(i);
  }
  event.already_there = pass_.matches.pairs.size();
  event.source_duplicates = pass_.matches.source_duplicates.size();
  event.destination_duplicates = pass_.matches.destination_duplicates.size();
  event.destination_only = pass_.matches.destination_only.size();
  event.flags_to_set = size_of(flag_plan_);
  event.labels_to_set = labels_.planned();
  event.cross_duplicates = cross_duplicates_;
  event.left_out = left_out_.messages;
  event.bytes_left_out = left_out_.bytes;
  event.dry = pass_.context.rules.dry;
  event.source_weight = weight_of(pass_.now.source);
  // What was not listed, because there is nothing to copy, has no known weight.
  const bool is_listed = !pass_.now.destination.empty() || pass_.destination_state.exists == 0;
  if (is_listed) event.destination_weight = weight_of(pass_.now.destination);
  event.bytes_already_there = 0;
  for (const Matches::Pair& pair : pass_.matches.pairs)
    *event.bytes_already_there += pass_.now.source.message_size(pair.source);
  pass_.context.observer.on(event);
}

}  // namespace imapferry::sync
