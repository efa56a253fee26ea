#pragma once

#include "sync/message/mailbox_index.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace imapferry::sync {

/// A message of the source was copied to this one of the destination, or was found to be there, by an earlier run.
struct KnownCopy {
  imap::proto::Uid source = 0;  ///< 0: it has left the source, and its UID is not known any more
  imap::proto::Uid destination = 0;
};

struct MatchRules {
  bool keeps_duplicates = false;  ///< as many as the source has are paired or missing
  /// Whether it matters which messages of the destination are duplicates of each other: they may be deleted.
  bool tells_destination_duplicates = false;
  bool changes_texts = false;  ///< copies differ from what they are copies of, because the user wants it so
};

/// Which message of the source is which of the destination. Numbers are positions in the two indexes.
struct Matches {
  struct Pair {
    std::uint32_t source;
    std::uint32_t destination;
  };
  std::vector<Pair> pairs;                            ///< already there, in source order
  std::vector<std::uint32_t> missing;                 ///< to be copied, in source order
  std::vector<std::uint32_t> source_duplicates;       ///< say the same as an earlier one: not copied, counted
  std::vector<std::uint32_t> destination_duplicates;  ///< likewise on the other side
  std::vector<std::uint32_t> destination_only;        ///< on the destination alone
  /// Messages whose contents decide and are not known. Once they are, everything is to be matched again; where they
  /// cannot be had, messages count as different.
  std::vector<std::uint32_t> unread_source, unread_destination;

  [[nodiscard]] bool is_certain() const noexcept { return unread_source.empty() && unread_destination.empty(); }
};

/// Pairs the messages of one mailbox on both sides. Every entry must have an identity.
///
/// Messages of different identities are different. Within an identity, in this order:
///
/// 1. What is known to be a copy is one (`known`, ascending by source), while both are there; but a duplicate on the
///    source has no claim to its copy where duplicates on the destination may be deleted.
/// 2. Where one side has several of one size, all contents are asked for. Messages of equal content are duplicates:
///    the lowest UID stays. Those of different content are different messages.
/// 3. A copy whose original has left the source is that of another message only when their contents are equal: a draft
///    that was edited keeps its Message-Id.
/// 4. What is left is aligned by size (SizeAlignment): one message on each side is the same message, whatever its size.
///    Equal sizes with contents that are known and differ are no pair.
///
/// What remains ambiguous: two messages that differ, one on each side, of equal identity, when nothing is known of
/// either; and, when a destination that changes sizes holds only some of the messages of one identity, a wrong one may
/// be nearer in size. Both take a run without a store.
[[nodiscard]] Matches match(const MailboxIndex& source, const MailboxIndex& destination, MatchRules rules = {},
                            std::span<const KnownCopy> known = {});

}  // namespace imapferry::sync
