#include "sync/mailbox_sync.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

/// A line that breaks again and again must not make us list the same messages again and again.
void MailboxSync::keep_for_next_attempt() {
  memory_.lost_at = std::chrono::steady_clock::now();
  BrokenOff left;
  for (const Side side : {Side::source, Side::destination}) {
    (side == Side::source ? left.source : left.destination) = state_for_next_attempt(side);
    if (listing(side).catch_up) listing(side).catch_up->salvage();
  }
  std::uint64_t known = now_.source.size() + now_.destination.size();
  for (std::size_t i = 0; i < now_.source.size(); ++i) known += now_.source.has_identity(i) ? 1 : 0;
  memory_.listed = std::max(memory_.listed, known);
  note_known_copies();
  left.now = std::move(now_);
  left.flags_before = std::move(flags_before_);
  left.remembered = std::move(remembered_);
  left.copied_before = std::move(copied_before_);
  memory_.broken_off = std::move(left);
}

/// What is known to be a copy stays one, whatever else comes.
void MailboxSync::note_known_copies() {
  const bool is_compared = !now_.copies.empty() && now_.copies.size() == now_.source.size();
  if (!is_compared) return;
  copied_before_.clear();
  for (std::size_t i = 0; i < now_.source.size(); ++i) {
    if (now_.copies[i] != 0) copied_before_.push_back({now_.source.uid(i), now_.copies[i]});
  }
  std::sort(copied_before_.begin(), copied_before_.end(),
            [](const KnownCopy& a, const KnownCopy& b) { return a.source < b.source; });
}

/// Nothing below any UID is known to be complete, and flags are as new as what they were compared with.
store::SideState MailboxSync::state_for_next_attempt(Side side) const {
  const bool is_open = state(side).uid_validity != 0;
  const bool is_caught_up = is_open && !listing(side).catch_up;
  store::SideState kept;
  kept.uid_validity = is_open && !listing(side).catch_up ? state(side).uid_validity : last(side).uid_validity;
  kept.mod_seq = is_caught_up ? state(side).mod_seq : last(side).mod_seq;
  return kept;
}

/// Takes up what an attempt before, or earlier runs, knew of each side.
awaitable<void> MailboxSync::recall() {
  CatchUp::Age age = CatchUp::Age::earlier_run;
  if (memory_.broken_off) {
    now_ = std::move(memory_.broken_off->now);
    source_last_ = memory_.broken_off->source;
    destination_last_ = memory_.broken_off->destination;
    flags_before_ = std::move(memory_.broken_off->flags_before);
    remembered_ = std::move(memory_.broken_off->remembered);
    copied_before_ = std::move(memory_.broken_off->copied_before);
    memory_.broken_off.reset();
    age = CatchUp::Age::this_run;
  } else if (known_ != nullptr && known_->is_written()) {
    now_ = co_await known_->load();
    source_last_ = known_->record().source_state;
    destination_last_ = known_->record().destination_state;
    for (std::size_t i = 0; i < now_.source.size(); ++i) {
      remembered_.add(now_.source.uid(i));
    }
    note_known_copies();
  }
  // Their places change while messages come and go.
  now_.copies = {};
  recall_side(Side::source, age);
  recall_side(Side::destination, age);
}

void MailboxSync::recall_side(Side side, CatchUp::Age age) {
  if (last(side).uid_validity == 0) {
    index(side) = {};
  } else {
    listing(side).catch_up.emplace(session(side), context_.identity, last(side), index(side), age);
  }
}

/// Takes what was remembered for the listing of a side, if it is true of it.
awaitable<void> MailboxSync::finish_catching_up(Side side) {
  Listing& here = listing(side);
  if (!here.catch_up) co_return;
  const bool is_true = co_await here.catch_up->succeeded(state(side));
  if (is_true) {
    here.depth = IndexDepth::light;
    if (side == Side::source) flags_before_.merge(here.catch_up->take_before());
  } else {
    index(side) = {};
    if (side == Side::source) remembered_ = {};
    if (state(side).uid_validity != last(side).uid_validity) {
      context_.observer.on(MailboxRenumbered{side, pair_.source.name, pair_.destination});
      // Whose UIDs mean nothing any more.
      copied_before_.clear();
      if (side == Side::destination) {
        memory_.appended = {};
        for (MailboxMemory::Unlabelled& message : memory_.unlabelled) message.copy = 0;
        memory_.first_uid_next = state(side).uid_next;
      }
      if (side == Side::source) {
        now_.deleted.clear();
        memory_.left_out.clear();
        memory_.changed = {};
        memory_.unlabelled.clear();
      }
    }
  }
  here.catch_up.reset();
}

}  // namespace imapferry::sync
