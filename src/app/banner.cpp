#include "app/banner.hpp"

#include "app/process.hpp"
#include "cli/help.hpp"
#include "core/failure.hpp"
#include "report/imapsync_figures.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

namespace imapferry::app {

std::string banner(const config::OutputSpec& output) {
  std::string version = cli::version_text();
  version.pop_back();
  std::string text = fmt::format("Here is imapferry {} on host {}, a linux system with {} cores\n", version,
                                 core::printable(host_name()), processors());
  text += fmt::format("Transfer started at {}\n", report::long_date(std::chrono::system_clock::now()));
  text += fmt::format("PID is {} my PPID is {}\n", ::getpid(), ::getppid());
  text += fmt::format("Load is {} on {} cores\n", load_average(), processors());
  text += fmt::format("Command line used:\nimapferry {}\n", output.command_line);
  for (const std::string& variable : output.variables) text += fmt::format("var {}\n", core::printable(variable, 1000));
  return text;
}

}  // namespace imapferry::app
