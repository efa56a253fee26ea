#pragma once

#include "sync/message/mailbox_index.hpp"

#include <cstdint>
#include <vector>

namespace imapferry::sync {

/// Which message of the source is which of the destination. Numbers are positions in the two indexes.
struct Matches {
  struct Pair {
    std::uint32_t source;
    std::uint32_t destination;
  };
  std::vector<Pair> pairs;                            ///< already there, in source order
  std::vector<std::uint32_t> missing;                 ///< to be copied, in source order
  std::vector<std::uint32_t> source_duplicates;       ///< same identity and size as an earlier one: not copied, counted
  std::vector<std::uint32_t> destination_duplicates;  ///< likewise on the other side
  std::vector<std::uint32_t> destination_only;        ///< on the destination alone
};

/// Pairs the messages of one mailbox on both sides. Every entry must have an identity.
///
/// Messages with one identity but different sizes are different messages. Within an identity the sizes of both sides
/// are aligned in their order so that the differences add up to the least: a server may add a line end to every
/// message, so an equal size is no condition, and a message that is missing on the destination must not push the others
/// off by one. All of the side that has fewer sizes is paired, whatever the differences: one message on each side is
/// the same message.
///
/// What remains ambiguous: (1) Two different messages with equal identity and equal size are taken for duplicates, as
/// imapsync takes all that have equal identity; they are counted, never silent. (2) When a destination that changes
/// sizes holds only some of the messages of one identity, a wrong one may be nearer in size: with 100 and 102 on the
/// source and the copy of the first grown to 102, the second passes for copied and the first is copied again. It takes
/// an incomplete earlier copy without a store, and messages that differ by no more than what the server adds.
///
/// With `keeps_duplicates` messages of equal identity and size are not told as duplicates: as many as the source has
/// are paired or missing.
[[nodiscard]] Matches match(const MailboxIndex& source, const MailboxIndex& destination, bool keeps_duplicates = false);

}  // namespace imapferry::sync
