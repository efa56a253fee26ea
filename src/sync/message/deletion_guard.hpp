#pragma once

#include "config/deletion_rules.hpp"
#include "core/failure.hpp"

#include <cstdint>
#include <optional>

namespace imapferry::sync {

/// How many messages of a mailbox are to be deleted, of how many.
struct DeletionSize {
  std::uint64_t messages = 0;
  std::uint64_t of = 0;
};

/// Why so many messages must not be deleted on the destination, or nothing when they may. `source_messages`: what the
/// source's mailbox holds; an empty one is no reason to empty the other unless the user has named a limit.
[[nodiscard]] std::optional<core::Failure>
forbids_on_destination(const config::DeletionRules& rules, const DeletionSize& size, std::uint64_t source_messages);

/// The same for the source, whose messages are on the destination: only a limit that the user has named counts.
[[nodiscard]] std::optional<core::Failure> forbids_on_source(const config::DeletionRules& rules,
                                                             const DeletionSize& size);

}  // namespace imapferry::sync
