#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::DeletionRules> deletion_rules_from(const ParsedOptions& options) {
  config::DeletionRules rules;
  rules.destination_folders_only = options.text("delete2foldersonly").value_or("");
  rules.destination_folders_but_not = options.text("delete2foldersbutnot").value_or("");
  const bool is_limited = !rules.destination_folders_only.empty() || !rules.destination_folders_but_not.empty();
  rules.destination_folders = options.flag("delete2folders").value_or(is_limited);
  rules.empty_source_folders = options.flag("delete1emptyfolders").value_or(false);
  rules.copy_deleted = options.flag("copydeleted2").value_or(true);
  return rules;
}

}  // namespace imapferry::cli
