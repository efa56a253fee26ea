#include "sync/mailbox_sync.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::UidSet;

/// A line that breaks again and again must not make us list the same messages again and again.
void MailboxSync::keep_for_next_attempt() {
  pass_.memory.lost_at = std::chrono::steady_clock::now();
  BrokenOff left;
  for (const Side side : {Side::source, Side::destination}) {
    (side == Side::source ? left.source : left.destination) = state_for_next_attempt(side);
    if (listing(side).catch_up) listing(side).catch_up->salvage();
  }
  std::uint64_t known = pass_.now.source.size() + pass_.now.destination.size();
  for (std::size_t i = 0; i < pass_.now.source.size(); ++i) known += pass_.now.source.has_identity(i) ? 1 : 0;
  pass_.memory.listed = std::max(pass_.memory.listed, known);
  note_known_copies();
  left.now = std::move(pass_.now);
  left.flags_before = std::move(flags_before_);
  left.remembered = std::move(remembered_);
  left.copied_before = std::move(copied_before_);
  pass_.memory.broken_off = std::move(left);
}

/// What is known to be a copy stays one, whatever else comes.
void MailboxSync::note_known_copies() {
  const bool is_compared = !pass_.now.copies.empty() && pass_.now.copies.size() == pass_.now.source.size();
  if (!is_compared) return;
  const auto is_gone = [this](const KnownCopy& copy) {
    return pass_.now.source.find(copy.source) == pass_.now.source.size();
  };
  std::erase_if(copied_before_, std::not_fn(is_gone));
  for (std::size_t i = 0; i < pass_.now.source.size(); ++i) {
    if (pass_.now.copies[i] != 0) copied_before_.push_back({pass_.now.source.uid(i), pass_.now.copies[i]});
  }
  std::sort(copied_before_.begin(), copied_before_.end(),
            [](const KnownCopy& a, const KnownCopy& b) { return a.source < b.source; });
}

/// Nothing below any UID is known to be complete, and flags are as new as what they were compared with.
store::SideState MailboxSync::state_for_next_attempt(Side side) const {
  const bool is_open = pass_.state(side).uid_validity != 0;
  const bool is_caught_up = is_open && !listing(side).catch_up;
  store::SideState kept;
  kept.uid_validity = is_open && !listing(side).catch_up ? pass_.state(side).uid_validity : last(side).uid_validity;
  kept.mod_seq = is_caught_up ? pass_.state(side).mod_seq : last(side).mod_seq;
  return kept;
}

/// Takes up what an attempt before, or earlier runs, knew of each side.
awaitable<void> MailboxSync::recall() {
  CatchUp::Age age = CatchUp::Age::earlier_run;
  if (pass_.memory.broken_off) {
    pass_.now = std::move(pass_.memory.broken_off->now);
    source_last_ = pass_.memory.broken_off->source;
    destination_last_ = pass_.memory.broken_off->destination;
    flags_before_ = std::move(pass_.memory.broken_off->flags_before);
    remembered_ = std::move(pass_.memory.broken_off->remembered);
    copied_before_ = std::move(pass_.memory.broken_off->copied_before);
    pass_.memory.broken_off.reset();
    age = CatchUp::Age::this_run;
  } else if (known_ != nullptr && known_->is_written()) {
    pass_.now = co_await known_->load();
    source_last_ = known_->record().source_state;
    destination_last_ = known_->record().destination_state;
    for (std::size_t i = 0; i < pass_.now.source.size(); ++i) {
      remembered_.add(pass_.now.source.uid(i));
    }
    note_known_copies();
    std::vector<KnownCopy> orphans;
    for (const UidSet::Range& range : pass_.now.orphans.ranges()) {
      for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
        orphans.push_back({0, static_cast<imap::proto::Uid>(uid)});
      }
    }
    copied_before_.insert(copied_before_.begin(), orphans.begin(), orphans.end());
  }
  // Their places change while messages come and go.
  pass_.now.copies = {};
  recall_side(Side::source, age);
  recall_side(Side::destination, age);
}

void MailboxSync::recall_side(Side side, CatchUp::Age age) {
  if (last(side).uid_validity == 0) {
    pass_.index(side) = {};
  } else {
    listing(side).catch_up.emplace(pass_.session(side), pass_.context.identity, last(side), pass_.index(side), age);
  }
}

/// Takes what was remembered for the listing of a side, if it is true of it.
awaitable<void> MailboxSync::finish_catching_up(Side side) {
  Listing& here = listing(side);
  if (!here.catch_up) co_return;
  const bool is_true = co_await here.catch_up->succeeded(pass_.state(side));
  if (is_true) {
    here.depth = IndexDepth::light;
    if (side == Side::source) flags_before_.merge(here.catch_up->take_before());
  } else {
    pass_.index(side) = {};
    if (side == Side::source) remembered_ = {};
    if (pass_.state(side).uid_validity != last(side).uid_validity) {
      pass_.context.observer.on(MailboxRenumbered{side, pass_.pair.source.name, pass_.pair.destination});
      // Whose UIDs mean nothing any more.
      copied_before_.clear();
      if (side == Side::destination) {
        pass_.memory.appended = {};
        pass_.memory.changed = {};
        pass_.memory.flags_after_copy.clear();
        for (MailboxMemory::Unlabelled& message : pass_.memory.unlabelled) message.copy = 0;
        pass_.memory.first_uid_next = pass_.state(side).uid_next;
      }
      if (side == Side::source) {
        pass_.now.deleted.clear();
        pass_.memory.left_out.clear();
        pass_.memory.refused.clear();
        pass_.memory.strikes.clear();
        pass_.memory.alone.clear();
        pass_.memory.changed = {};
        pass_.memory.unlabelled.clear();
      }
    }
  }
  here.catch_up.reset();
}

}  // namespace imapferry::sync
