#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::FlagRules> flag_rules_from(const ParsedOptions& options) {
  using Present = config::FlagRules::Present;
  config::FlagRules rules;
  if (!options.flag("resyncflags").value_or(true)) rules.present = Present::keep;
  if (options.flag("flagsmerge") == true) rules.present = Present::merge;
  return rules;
}

}  // namespace imapferry::cli
