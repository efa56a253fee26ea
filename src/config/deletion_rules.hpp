#pragma once

namespace imapferry::config {

/// What is deleted, and what becomes of what others have deleted.
struct DeletionRules {
  bool copy_deleted = true;  ///< copy again what was copied once and then deleted on the destination
};

}  // namespace imapferry::config
