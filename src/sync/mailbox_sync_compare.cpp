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
  co_await work_on_lists(&MailboxSync::match_messages);
  if (!matches_.is_certain()) {
    co_await read_contents_that_decide();
    co_await work_on_lists(&MailboxSync::match_messages);
  }
  co_await work_on_lists(&MailboxSync::plan);
}

/// Beside the loop, when there is much to work on.
awaitable<void> MailboxSync::work_on_lists(void (MailboxSync::*step)()) {
  std::function<void()> work = [this, step] { (this->*step)(); };
  if (now_.source.size() + now_.destination.size() <= compared_at_once) {
    work();
  } else {
    co_await context_.worker.run(std::move(work));
  }
}

void MailboxSync::plan() {
  note_copies();
  narrow();
  plan_flags();
}

void MailboxSync::match_messages() {
  const config::DeletionRules& deletion = context_.rules.deletion;
  MatchRules rules;
  rules.keeps_duplicates = context_.rules.selection.copy_duplicates;
  using How = config::DeletionRules::How;
  rules.tells_destination_duplicates =
      deletion.destination != How::never || deletion.destination_duplicates != How::never;
  rules.changes_texts = context_.rules.messages.concern_texts();
  matches_ = match(now_.source, now_.destination, rules, copied_before_);
}

awaitable<void> MailboxSync::read_contents_that_decide() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(read_contents_of(Side::source, matches_.unread_source));
  both.spawn(read_contents_of(Side::destination, matches_.unread_destination));
  co_await both.join();
}

awaitable<void> MailboxSync::read_contents_of(Side side, const std::vector<std::uint32_t>& positions) {
  UidSet uids;
  for (const std::uint32_t i : positions) uids.add(index(side).uid(i));
  Contents contents;
  co_await read_contents(session(side), context_.identity, uids, contents);
  for (const auto& [uid, content] : contents) index(side).set_content(uid, content);
}

bool MailboxSync::was_copied_as(imap::proto::Uid source, imap::proto::Uid destination) const {
  const auto is_before = [](const KnownCopy& copy, imap::proto::Uid uid) { return copy.source < uid; };
  const auto copy = std::lower_bound(copied_before_.begin(), copied_before_.end(), source, is_before);
  return copy != copied_before_.end() && copy->source == source && copy->destination == destination;
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
  UidSet confirmed;
  for (const Matches::Pair& pair : matches_.pairs) {
    const imap::proto::Uid uid = now_.source.uid(pair.source);
    const imap::proto::Uid copy = now_.destination.uid(pair.destination);
    now_.copies[pair.source] = copy;
    if (now_.confirmed.contains(uid) && was_copied_as(uid, copy)) confirmed.add(uid);
  }
  now_.confirmed = std::move(confirmed);
}

/// Notes which messages were copied once and have been deleted on the destination since, and leaves them where the user
/// has said so.
void MailboxSync::leave_deleted() {
  if (context_.rules.deletion.copy_deleted) {
    now_.deleted.clear();
  } else {
    for (const KnownCopy& copy : copied_before_) {
      if (now_.destination.find(copy.destination) == now_.destination.size()) now_.deleted.insert(copy.source);
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
  event.labels_to_set = label_plan_.messages;
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

}  // namespace imapferry::sync
