#include "cli/rules_from.hpp"

#include <algorithm>

namespace imapferry::cli {

config::LabelRules label_rules_from(const ParsedOptions& options) {
  config::LabelRules rules;
  rules.set_on_copies = options.flag("synclabels").value_or(false);
  rules.bring_in_line = options.flag("resynclabels").value_or(false);
  rules.is_demanded = std::any_of(options.given().begin(), options.given().end(), [](const GivenOption& given) {
    const bool is_of_labels = given.option->name() == "synclabels" || given.option->name() == "resynclabels";
    return is_of_labels && given.is_on && given.preset.empty();
  });
  return rules;
}

}  // namespace imapferry::cli
