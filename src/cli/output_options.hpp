#pragma once

#include "cli/parse.hpp"
#include "config/output_spec.hpp"
#include "core/failure.hpp"

#include <string>
#include <vector>

namespace imapferry::cli {

/// What the options about logs, lines and traces ask for.
[[nodiscard]] core::Result<config::OutputSpec> output_from(const ParsedOptions& options);

/// A command line as a log may show it: "MASKED" in place of every secret, however it was given. Unlike imapsync's, it
/// also masks "--password2=secret".
[[nodiscard]] std::string masked_command_line(const std::vector<std::string>& arguments);

}  // namespace imapferry::cli
