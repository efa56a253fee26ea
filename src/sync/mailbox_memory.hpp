#pragma once

#include "imap/proto/uid_set.hpp"
#include "store/records.hpp"
#include "sync/known_mailbox.hpp"
#include "sync/message/flag_plan.hpp"
#include "sync/message/identity.hpp"
#include "sync/message/match.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What was known of a mailbox pair when a connection was lost.
struct BrokenOff {
  MailboxSnapshot now;
  store::SideState source, destination;  ///< that it was true for
  FlagsBefore flags_before;
  imap::proto::UidSet remembered;
  std::vector<KnownCopy> copied_before;
};

/// A mailbox of the destination that several of the source go to, as far as this run has come.
struct SharedDestination {
  std::size_t to_come = 0;     ///< mailboxes of the source that have not come to their end yet
  bool is_known = true;        ///< whether all that have told what is theirs there
  imap::proto::UidSet theirs;  ///< UIDs of what they have there
};

/// What is remembered of one mailbox pair from one attempt to the next.
struct MailboxMemory {
  /// Grows with everything that an attempt achieves.
  [[nodiscard]] std::uint64_t progress() const noexcept { return copied + refused.size() + left_out.size() + listed; }
  /// Nothing more is to be done about it in this run.
  [[nodiscard]] bool is_settled(imap::proto::Uid uid) const {
    return refused.contains(uid) || left_out.contains(uid) || changed.contains(uid);
  }

  std::map<imap::proto::Uid, std::string> refused;  ///< and why; reported: not tried again
  std::set<imap::proto::Uid> left_out;              ///< by a rule, for what they say; reported
  imap::proto::UidSet changed;                      ///< copied as something else: may not be recognised there
  std::map<imap::proto::Uid, unsigned> strikes;     ///< the connection broke while only this message was on its way
  std::set<imap::proto::Uid> alone;                 ///< suspects: each goes by itself
  std::size_t to_go_alone = 0;                      ///< so many messages go one at a time, with nothing else in flight
  std::uint64_t copied = 0;                         ///< confirmed, in all attempts
  std::uint64_t listed = 0;  ///< messages that were listed, and identified, when a connection was lost
  std::optional<BrokenOff> broken_off;
  imap::proto::UidSet appended;         ///< UIDs of what was copied, in all attempts, where the destination tells them
  imap::proto::Uid first_uid_next = 0;  ///< of the destination, before anything was appended
  std::set<Identity> unheard;           ///< sent, perhaps, when a connection was lost: they may be there
  std::chrono::steady_clock::time_point lost_at{};  ///< when the last connection was lost
  /// Messages that were copied and whose labels are still to be set, by UID; `copy` is 0 where the destination does not
  /// tell it.
  struct Unlabelled {
    imap::proto::Uid source = 0, copy = 0;
  };
  std::vector<Unlabelled> unlabelled;
  FlagPlan flags_after_copy;            ///< to be set once more on what was copied
  std::set<std::string> told_flags;     ///< flags that cannot be held there, each told once
  SharedDestination* shared = nullptr;  ///< where others of the source go to the same mailbox
};

}  // namespace imapferry::sync
