#pragma once

#include "config/process_spec.hpp"

namespace imapferry::app {

// What is done to the run that a pid file names. Each returns the exit code and says on standard output what it did.

/// --abort: SIGQUIT, 3 seconds, SIGKILL; returns when the process is gone.
int abort_run(const config::ProcessSpec& process);
/// --abortbyfile: leaves the file that the run looks for.
int abort_run_by_file(const config::ProcessSpec& process);
/// --tail: shows its log until it ends.
int follow_log(const config::ProcessSpec& process);

}  // namespace imapferry::app
