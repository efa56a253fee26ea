#include "sync/mailbox_sync.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::UidSet;

void MailboxSync::note_flags(const UidSet& uids, const FlagChange& change) {
  for (const UidSet::Range& range : uids.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      const std::size_t i = pass_.now.destination.find(static_cast<imap::proto::Uid>(uid));
      if (i == pass_.now.destination.size()) continue;
      pass_.now.destination.set_flags(i, change.applied_to(pass_.now.destination.flags(i)));
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
  record.source_state = state_of(pass_.source_state);
  record.destination_state = state_of(pass_.destination_state);
  record.counts = counts();
  return record;
}

/// Before anything is appended: if this run is killed, only what comes above the UIDNEXT that is noted here has to be
/// identified.
awaitable<void> MailboxSync::note_before_changes() {
  if (known_ == nullptr) co_return;
  if (pass_.matches.missing.empty()) co_return;
  store::MailboxRecord record = record_of_opening();
  const std::vector<store::RefusedMessage> none_refused;
  co_await known_->write(pass_.now, std::move(record), none_refused);
}

void MailboxSync::note_copied(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids) {
  if (pass_.context.rules.deletion.touch_source()) {
    std::vector<std::uint32_t>& copied = uids.empty() ? pass_.copied_blind : pass_.copied_known;
    for (const Batch::Item* item : items) copied.push_back(item->position);
  }
  if (pass_.context.carried != nullptr) {
    for (const Batch::Item* item : items) copied_identities_.push_back(pass_.now.source.identity(item->position));
  }
  labels_.note_copied(items, uids);
  if (pass_.context.rules.flags.set_after_copy) {
    for (std::size_t n = 0; n < uids.size(); ++n) {
      FlagChange change(FlagChange::How::replace, items[n]->meta.flags);
      std::string item = change.item();
      pass_.memory.flags_after_copy.try_emplace(std::move(item), std::move(change)).first->second.uids.add(uids[n]);
    }
  }
  for (std::size_t n = 0; n < uids.size(); ++n) {
    pass_.now.copies[items[n]->position] = uids[n];
    pass_.now.confirmed.add(items[n]->uid);
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
    entry.identity = pass_.now.source.identity(item.position);
    entry.has_identity = pass_.now.source.has_identity(item.position);
    entry.size = item.size;
    entry.date = MailboxIndex::no_date;
    pass_.now.destination.add(entry, item.meta.flags);
    ++appended_;
  }
  known_->confirm(pass_.now, positions);
}

void MailboxSync::note_carried() {
  if (pass_.context.carried == nullptr) return;
  for (const Identity& identity : copied_identities_) pass_.context.carried->add(identity);
  for (std::size_t i = 0; i < pass_.now.source.size(); ++i) {
    if (i < pass_.now.copies.size() && pass_.now.copies[i] != 0)
      pass_.context.carried->add(pass_.now.source.identity(i));
  }
}

/// What the destination looks like now that we have changed it. False when it is not just that: somebody else works
/// there, or the server does not tell the UIDs of what it takes.
awaitable<bool> MailboxSync::read_end_state(store::SideState& state) {
  imap::Session& destination = *pass_.lane.destination;
  const core::Result<imap::MailboxStatus> status = co_await destination.status(pass_.pair.destination_wire);
  if (!status || status->uid_validity != state.uid_validity) co_return false;
  const bool is_ours_alone = status->messages == pass_.now.destination.size() &&
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
      std::count_if(pass_.now.copies.begin(), pass_.now.copies.end(), [](imap::proto::Uid uid) { return uid != 0; }));
  counts.source_duplicates =
      pass_.now.source.size() -
      std::min(pass_.now.source.size(), counts.pairs + pass_.now.deleted.size() + pass_.memory.left_out.size());
  counts.destination_duplicates = pass_.matches.destination_duplicates.size();
  counts.destination_only = pass_.matches.destination_only.size();
  counts.left = is_complete_ ? pass_.memory.refused.size()
                             : pass_.matches.missing.size() - std::min(pass_.matches.missing.size(), confirmed_);
  return counts;
}

/// What a pass has come to.
awaitable<void> MailboxSync::note_end() {
  if (!is_worth_noting_) co_return;
  store::MailboxRecord record = record_of_opening();
  // What a rule leaves out is looked at, and told, at every run.
  bool is_settled = is_complete_ && !pass_.has_failures && pass_.memory.refused.empty() &&
                    pass_.memory.left_out.empty() && pass_.now.source.size() == pass_.source_state.exists;
  // Only together can they tell what nobody has.
  if (pass_.pair.sources > 1 && pass_.context.rules.deletion.touch_destination()) is_settled = false;
  if (pass_.has_changed_destination) {
    const bool is_read = co_await read_end_state(record.destination_state);
    is_settled = is_settled && is_read;
  }
  if (is_settled) record.settled_for = settling_rules(pass_.context.rules);
  std::vector<store::RefusedMessage> refused;
  for (const auto& [uid, reason] : pass_.memory.refused) {
    const std::size_t i = pass_.now.source.find(uid);
    refused.push_back({uid, i < pass_.now.source.size() ? pass_.now.source.message_size(i) : 0, reason});
  }
  co_await known_->write(pass_.now, std::move(record), refused);
}

}  // namespace imapferry::sync
