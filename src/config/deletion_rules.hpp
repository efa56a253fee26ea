#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace imapferry::config {

/// How many messages of one mailbox may be deleted at once.
struct DeletionLimit {
  std::uint64_t messages = 0;  ///< at most; counts when percent is 0
  unsigned percent = 0;        ///< of the mailbox, at most
};

/// What is deleted, and what becomes of what others have deleted.
struct DeletionRules {
  bool destination_folders = false;         ///< --delete2folders: those that the source does not speak for
  std::string destination_folders_only;     ///< of them only those that match; a Perl match: "/^Old/i", or empty
  std::string destination_folders_but_not;  ///< but none that match
  bool empty_source_folders = false;        ///< --delete1emptyfolders
  enum class How {
    never,
    mark,     ///< as \Deleted, and no more
    expunge,  ///< just these messages
  };
  How source = How::never;       ///< --delete1: messages that are on the destination leave the source
  How destination = How::never;  ///< --delete2: messages that the source does not have
  How destination_duplicates = How::never;
  bool expunge_source = false;       ///< --expunge1: what is marked on the source and is on the destination
  bool expunge_destination = false;  ///< --expunge2: everything that is marked on the destination
  /// Given by the user. Without it half of a mailbox of more than 100 messages may be deleted on the destination.
  std::optional<DeletionLimit> most;
  [[nodiscard]] bool touch_source() const noexcept { return source != How::never || expunge_source; }
  [[nodiscard]] bool touch_destination() const noexcept {
    return destination != How::never || destination_duplicates != How::never || expunge_destination;
  }
  bool copy_deleted = true;  ///< copy again what was copied once and then deleted on the destination
};

}  // namespace imapferry::config
