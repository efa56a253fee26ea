#pragma once

#include "sync/mailbox_index.hpp"

#include <cstdint>
#include <vector>

namespace imapferry::sync {

/// Which message of the source is which of the destination. Numbers are positions in the two indexes.
struct Matches {
  struct Pair {
    std::uint32_t source;
    std::uint32_t destination;
  };
  std::vector<Pair> pairs;                           ///< already there, in source order
  std::vector<std::uint32_t> missing;                ///< to be copied, in source order
  std::vector<std::uint32_t> source_duplicates;      ///< same identity and size as an earlier one: not copied, counted
  std::vector<std::uint32_t> destination_duplicates; ///< likewise on the other side
  std::vector<std::uint32_t> destination_only;       ///< on the destination alone
};

/// Pairs the messages of one mailbox on both sides. Every entry must have an identity.
///
/// Messages with one identity but different sizes are different messages. Within an identity the sizes of both sides are
/// aligned in their order so that the differences add up to the least: a server may add a line end to every message, so an
/// equal size is no condition, and a message that is missing on the destination must not push the others off by one.
[[nodiscard]] Matches match(const MailboxIndex& source, const MailboxIndex& destination);

}  // namespace imapferry::sync
