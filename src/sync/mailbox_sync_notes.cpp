#include "sync/mailbox_sync.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::UidSet;

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
  record.counts = counts();
  return record;
}

/// Before anything is appended: if this run is killed, only what comes above the UIDNEXT that is noted here has to be
/// identified.
awaitable<void> MailboxSync::note_before_changes() {
  if (known_ == nullptr) co_return;
  if (matches_.missing.empty()) co_return;
  store::MailboxRecord record = record_of_opening();
  const std::vector<store::RefusedMessage> none_refused;
  co_await known_->write(now_, std::move(record), none_refused);
}

void MailboxSync::note_copied(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids) {
  if (uids.empty() && context_.rules.deletion.touch_source()) {
    for (const Batch::Item* item : items) confirmed_blind_.push_back(item->position);
  }
  if (context_.carried != nullptr) {
    for (const Batch::Item* item : items) copied_identities_.push_back(now_.source.identity(item->position));
  }
  note_unlabelled(items, uids);
  if (context_.rules.flags.set_after_copy) {
    for (std::size_t n = 0; n < uids.size(); ++n) {
      FlagChange change(FlagChange::How::replace, items[n]->meta.flags);
      std::string item = change.item();
      flags_after_copy_.try_emplace(std::move(item), std::move(change)).first->second.uids.add(uids[n]);
    }
  }
  for (std::size_t n = 0; n < uids.size(); ++n) {
    now_.copies[items[n]->position] = uids[n];
    now_.confirmed.add(items[n]->uid);
  }
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
    ++appended_;
  }
  known_->confirm(now_, positions);
}

void MailboxSync::note_carried() {
  if (context_.carried == nullptr) return;
  for (const Identity& identity : copied_identities_) context_.carried->add(identity);
  for (std::size_t i = 0; i < now_.source.size(); ++i) {
    if (i < now_.copies.size() && now_.copies[i] != 0) context_.carried->add(now_.source.identity(i));
  }
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
  counts.source_duplicates =
      now_.source.size() - std::min(now_.source.size(), counts.pairs + now_.deleted.size() + memory_.left_out.size());
  counts.destination_duplicates = matches_.destination_duplicates.size();
  counts.destination_only = matches_.destination_only.size();
  counts.left =
      is_complete_ ? memory_.refused.size() : matches_.missing.size() - std::min(matches_.missing.size(), confirmed_);
  return counts;
}

/// What a pass has come to.
awaitable<void> MailboxSync::note_end() {
  if (!is_worth_noting_) co_return;
  store::MailboxRecord record = record_of_opening();
  // What a rule leaves out is looked at, and told, at every run.
  bool is_settled = is_complete_ && !has_failures_ && memory_.refused.empty() && memory_.left_out.empty() &&
                    now_.source.size() == source_state_.exists;
  // Only together can they tell what nobody has.
  if (pair_.sources > 1 && context_.rules.deletion.touch_destination()) is_settled = false;
  if (has_changed_destination_) {
    const bool is_read = co_await read_end_state(record.destination_state);
    is_settled = is_settled && is_read;
  }
  if (is_settled) record.settled_for = settling_rules(context_.rules);
  std::vector<store::RefusedMessage> refused;
  for (const auto& [uid, reason] : memory_.refused) {
    const std::size_t i = now_.source.find(uid);
    refused.push_back({uid, i < now_.source.size() ? now_.source.message_size(i) : 0, reason});
  }
  co_await known_->write(now_, std::move(record), refused);
}

}  // namespace imapferry::sync
