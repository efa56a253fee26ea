#pragma once

#include "cli/to_config.hpp"

#include <optional>

namespace imapferry::app {

/// What a process ends with.
struct Ending {
  int exit_code = 0;
  std::optional<int> signal = {};  ///< by which it dies, where it was asked to and has left something undone
};

/// The run that a command line asks for.
[[nodiscard]] Ending migrate(cli::Invocation& invocation);

}  // namespace imapferry::app
