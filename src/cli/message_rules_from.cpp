#include "cli/rules_from.hpp"

namespace imapferry::cli {

core::Result<config::MessageRules> message_rules_from(const ParsedOptions& options) {
  static_cast<void>(options);
  return config::MessageRules{};
}

}  // namespace imapferry::cli
