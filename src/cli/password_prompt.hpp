#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <string_view>

namespace imapferry::cli {

/// Asks on the terminal without showing what is typed. Blocks: to be called before any loop runs. The terminal is put
/// back as it was also when a signal ends the question; the signal then takes its usual effect. Fails with Fault::usage
/// when there is no terminal to ask on, Fault::cancelled at end of file or when nothing was typed.
[[nodiscard]] core::Result<core::Secret> ask_password(std::string_view prompt);

}  // namespace imapferry::cli
