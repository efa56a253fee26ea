#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::SelectionRules> selection_rules_from(const ParsedOptions& options) {
  static_cast<void>(options);
  return config::SelectionRules{};
}

}  // namespace imapferry::cli
