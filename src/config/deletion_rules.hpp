#pragma once

#include <string>

namespace imapferry::config {

/// What is deleted, and what becomes of what others have deleted.
struct DeletionRules {
  bool destination_folders = false;         ///< --delete2folders: those that the source does not speak for
  std::string destination_folders_only;     ///< of them only those that match; a Perl match: "/^Old/i", or empty
  std::string destination_folders_but_not;  ///< but none that match
  bool empty_source_folders = false;        ///< --delete1emptyfolders
  bool copy_deleted = true;                 ///< copy again what was copied once and then deleted on the destination
};

}  // namespace imapferry::config
