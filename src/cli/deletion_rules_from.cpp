#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::DeletionRules> deletion_rules_from(const ParsedOptions& options) {
  config::DeletionRules rules;
  rules.copy_deleted = options.flag("copydeleted2").value_or(true);
  return rules;
}

}  // namespace imapferry::cli
