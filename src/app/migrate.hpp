#pragma once

#include "cli/to_config.hpp"

namespace imapferry::app {

/// The run that a command line asks for; returns the exit code.
int migrate(cli::Invocation& invocation);

}  // namespace imapferry::app
