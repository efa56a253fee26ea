#pragma once

#include "cli/parse.hpp"
#include "config/sync_rules.hpp"
#include "core/failure.hpp"

namespace imapferry::cli {

// What the options of each group ask for. They fail with Fault::usage where a value cannot be meant, and name the
// option.

[[nodiscard]] core::Result<config::FolderRules> folder_rules_from(const ParsedOptions& options);
[[nodiscard]] core::Result<config::SelectionRules> selection_rules_from(const ParsedOptions& options);
[[nodiscard]] core::Result<config::IdentityRules> identity_rules_from(const ParsedOptions& options);
[[nodiscard]] core::Result<config::MessageRules> message_rules_from(const ParsedOptions& options);
[[nodiscard]] core::Result<config::FlagRules> flag_rules_from(const ParsedOptions& options);
[[nodiscard]] config::LabelRules label_rules_from(const ParsedOptions& options);
[[nodiscard]] core::Result<config::DeletionRules> deletion_rules_from(const ParsedOptions& options);

}  // namespace imapferry::cli
