#pragma once

#include "config/deletion_rules.hpp"
#include "config/flag_rules.hpp"
#include "config/folder_rules.hpp"
#include "config/identity_rules.hpp"
#include "config/label_rules.hpp"
#include "config/message_rules.hpp"
#include "config/selection_rules.hpp"

namespace imapferry::config {

/// What is done for each account.
struct SyncRules {
  FolderRules folders;
  SelectionRules selection;
  IdentityRules identity;
  MessageRules messages;
  FlagRules flags;
  LabelRules labels;
  DeletionRules deletion;
  bool dry = false;                ///< change nothing on either side
  bool just_folders = false;       ///< create the mailboxes, copy no message
  bool just_login = false;         ///< log in on both sides, and no more
  bool weigh_first = false;        ///< --foldersizes: count and weigh both sides before anything else
  bool just_folder_lists = false;  ///< list both sides' mailboxes
  bool just_automap = false;       ///< show where they would go
  bool just_folder_sizes = false;  ///< count and weigh both sides, change nothing
};

}  // namespace imapferry::config
