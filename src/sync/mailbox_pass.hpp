#pragma once

#include "imap/session.hpp"
#include "sync/context.hpp"
#include "sync/known_mailbox.hpp"
#include "sync/lane.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox_memory.hpp"
#include "sync/message/match.hpp"

#include <cstdint>
#include <vector>

namespace imapferry::sync {

/// One pass over a mailbox pair: what its parts (MailboxSync, LabelSync, MailboxDeletions, ...) work on together.
struct MailboxPass {
  const Context& context;
  Lane& lane;
  const MailboxPair& pair;
  MailboxMemory& memory;
  MailboxSnapshot now = {};
  imap::MailboxState source_state = {}, destination_state = {};  ///< as the mailboxes were opened
  Matches matches = {};
  /// Positions on the source of what this attempt has copied: where the destination told a UID, and where it did not.
  std::vector<std::uint32_t> copied_known = {}, copied_blind = {};
  bool has_changed_destination = false;
  bool has_failures = false;

  [[nodiscard]] imap::Session& session(Side side) const {
    return side == Side::source ? *lane.source : *lane.destination;
  }
  [[nodiscard]] MailboxIndex& index(Side side) { return side == Side::source ? now.source : now.destination; }
  [[nodiscard]] const imap::MailboxState& state(Side side) const {
    return side == Side::source ? source_state : destination_state;
  }
  /// Tells that something could not be done.
  void fail(const core::Failure& failure) {
    has_failures = true;
    context.observer.on(MailboxFailed{pair.source.name, pair.destination, failure});
  }
};

}  // namespace imapferry::sync
