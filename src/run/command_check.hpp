#pragma once

#include "config/message_rules.hpp"
#include "core/failure.hpp"

namespace imapferry::run {

/// --pipemesscheck: whether each command for messages makes something of a text (one blank, as with imapsync). Fails
/// (Fault::usage) with the option, the command and what it says. Waits for them: nothing else may be in work yet.
[[nodiscard]] core::Result<void> check_commands(const config::MessageRules& rules);

}  // namespace imapferry::run
