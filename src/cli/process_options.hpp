#pragma once

#include "cli/to_config.hpp"
#include "config/process_spec.hpp"
#include "core/failure.hpp"

namespace imapferry::cli {

/// What the options about pid files and signals ask for. Fails with Fault::usage on a signal that there is not.
[[nodiscard]] core::Result<config::ProcessSpec> process_from(const ParsedOptions& options,
                                                             const Surroundings& surroundings);

}  // namespace imapferry::cli
