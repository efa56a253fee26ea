#include "cli/rules_from.hpp"
#include "regex/substitution.hpp"

namespace imapferry::cli {

core::Result<config::FlagRules> flag_rules_from(const ParsedOptions& options) {
  using Present = config::FlagRules::Present;
  config::FlagRules rules;
  if (!options.flag("resyncflags").value_or(true)) rules.present = Present::keep;
  if (options.flag("flagsmerge") == true) rules.present = Present::merge;
  rules.transforms = options.list("regexflag");
  for (const std::string& expression : rules.transforms) {
    const auto substitution = regex::Substitution::parse(expression);
    if (!substitution) return substitution.error().within("--regexflag");
  }
  rules.set_after_copy = options.flag("syncflagsaftercopy").value_or(false);
  return rules;
}

}  // namespace imapferry::cli
