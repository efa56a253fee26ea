#pragma once

#include "cli/parse.hpp"
#include "config/run_config.hpp"
#include "core/failure.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::cli {

enum class CliAction {
  help,
  version,
  banner,     ///< --justbanner
  self_test,  ///< --tests, --testsunit
  status,
  abort,          ///< --abort: end the run that the pid file names
  abort_by_file,  ///< --abortbyfile: the same, by a file beside it
  tail,           ///< --tail: show its log
  run,
};

/// How progress is shown on the terminal.
enum class Progress {
  automatic,  ///< live when standard output is a terminal, else plain
  live,       ///< lines that are rewritten in place
  plain,      ///< a line now and then
  none,
};

/// What a command line asks for.
struct Invocation {
  CliAction action = CliAction::run;
  config::RunConfig config;
  Progress progress = Progress::automatic;
  std::vector<std::string> tests;     ///< --testsunit: parts of the names of those to run; empty: all
  bool as_json = false;               ///< --status for programs
  bool needs_password1 = false;       ///< the only account's source password is to be asked for on the terminal
  bool needs_password2 = false;       ///< and the destination's
  std::vector<std::string> warnings;  ///< one line each, without a final newline
  std::vector<std::string> presets;   ///< what each preset stands for, a line each
};

/// What is read from around the process; tests put their own in its place.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<core::Result<std::string>(const std::string& path, std::size_t limit)> read_file;
};

/// The process's own environment and files.
[[nodiscard]] Surroundings system_surroundings();

/// Turns options into a run: imapsync's rules for ports and protection, passwords (passfile, then IMAPFERRY_PASSWORD1/2
/// and IMAPSYNC_PASSWORD1/2, then the option), the users file. Fails with Fault::usage, or Fault::input for a file that
/// cannot be read or is malformed.
[[nodiscard]] core::Result<Invocation> to_config(const ParsedOptions& options,
                                                 const Surroundings& surroundings = system_surroundings());

}  // namespace imapferry::cli
