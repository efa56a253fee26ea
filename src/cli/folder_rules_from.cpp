#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::FolderRules> folder_rules_from(const ParsedOptions& options) {
  config::FolderRules rules;
  rules.names = options.list("folder");
  rules.recursive = options.list("folderrec");
  rules.include = options.list("include");
  rules.exclude = options.list("exclude");
  rules.subscribe = options.flag("subscribe").value_or(true);
  return rules;
}

}  // namespace imapferry::cli
