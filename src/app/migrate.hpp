#pragma once

#include "cli/to_config.hpp"
#include "core/failure.hpp"

namespace imapferry::app {

/// Says on standard error what went wrong before there was a run; returns the exit code.
int complain(const core::Failure& failure);

/// The run that a command line asks for; returns the exit code.
int migrate(cli::Invocation& invocation);

}  // namespace imapferry::app
