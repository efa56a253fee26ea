#pragma once

#include "cli/server_options.hpp"
#include "cli/to_config.hpp"

namespace imapferry::cli {

/// How to log in to one server, as the options have it.
[[nodiscard]] core::Result<config::LoginSpec> login_from(const ParsedOptions& options, Side side,
                                                         const Surroundings& surroundings);

}  // namespace imapferry::cli
