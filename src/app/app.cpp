#include "app/app.hpp"

#include "app/banner.hpp"
#include "app/complain.hpp"
#include "app/control.hpp"
#include "app/migrate.hpp"
#include "app/process.hpp"
#include "app/terminal.hpp"
#include "cli/help.hpp"
#include "cli/output_options.hpp"
#include "cli/parse.hpp"
#include "cli/password_prompt.hpp"
#include "cli/to_config.hpp"
#include "report/exit_code.hpp"
#include "report/status.hpp"
#include "run/self_test.hpp"
#include "store/store.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::app {

namespace {

constexpr std::size_t default_width = 100;

core::Result<void> ask_missing_passwords(cli::Invocation& invocation) {
  const auto ask = [](std::string_view side, std::string_view host, config::Login& login) -> core::Result<void> {
    core::Result<core::Secret> password = cli::ask_password(
        fmt::format("Password of {} on {} ({}): ", core::printable(login.user), core::printable(host), side));
    if (!password) return password.error();
    login.password = std::move(*password);
    return {};
  };
  if (invocation.config.accounts.empty()) return {};
  config::AccountSpec& account = invocation.config.accounts.front();
  if (invocation.needs_password1) {
    if (auto asked = ask("host1", invocation.config.source.host, account.source); !asked) return asked;
  }
  if (invocation.needs_password2) {
    if (auto asked = ask("host2", invocation.config.destination.host, account.destination); !asked) return asked;
  }
  return {};
}

/// --tests: what can be tested without servers.
int test_ourselves() {
  int failed = 0;
  int number = 0;
  const std::vector<run::SelfCheck> checks = run::self_checks();
  fmt::print("1..{}\n", checks.size());
  for (const run::SelfCheck& check : checks) {
    fmt::print("{}ok {} - {}\n", check.is_right ? "" : "not ", ++number, check.name);
    if (!check.is_right) ++failed;
  }
  fmt::print("{} tests, {} failed\n", number, failed);
  return failed == 0 ? EXIT_SUCCESS : report::tests_failed;
}

int show_status(const cli::Invocation& invocation) {
  const std::string& directory = invocation.config.state.directory;
  if (directory.empty()) {
    return complain(core::Failure{core::Fault::usage, "--status and --nostate exclude each other", {}});
  }
  core::Result<std::vector<store::AccountSummary>> accounts = store::read_accounts(directory);
  if (!accounts) return complain(accounts.error());
  fmt::print("{}", invocation.as_json ? report::status_json(*accounts) : report::status_text(*accounts, directory));
  return EXIT_SUCCESS;
}

int run_command_line(std::vector<std::string> arguments) {
  if (arguments.empty()) {
    fmt::print("{}", cli::usage_text());
    return EXIT_SUCCESS;
  }
  std::string command_line = cli::masked_command_line(arguments);
  core::Result<cli::ParsedOptions> options = cli::parse_arguments(std::move(arguments));
  if (!options) return complain(options.error());
  core::Result<cli::Invocation> invocation = cli::to_config(*options);
  if (!invocation) return complain(invocation.error());
  invocation->config.output.command_line = std::move(command_line);
  switch (invocation->action) {
  case cli::CliAction::help: {
    const std::size_t width = Terminal().width();
    fmt::print("{}", cli::help_text(width > 0 ? width : default_width));
    return EXIT_SUCCESS;
  }
  case cli::CliAction::version: fmt::print("{}", cli::version_text()); return EXIT_SUCCESS;
  case cli::CliAction::banner: fmt::print("{}", banner(invocation->config.output)); return EXIT_SUCCESS;
  case cli::CliAction::self_test: return test_ourselves();
  case cli::CliAction::abort: return abort_run(invocation->config.process);
  case cli::CliAction::abort_by_file: return abort_run_by_file(invocation->config.process);
  case cli::CliAction::tail: return follow_log(invocation->config.process);
  case cli::CliAction::status: return show_status(*invocation);
  case cli::CliAction::run: break;
  }
  if (auto asked = ask_missing_passwords(*invocation); !asked) return complain(asked.error());
  const Ending ending = migrate(*invocation);
  if (ending.signal) die_by(*ending.signal);
  return ending.exit_code;
}

}  // namespace

int run(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  forbid_core_files();
  raise_file_limit();
  keep_freed_memory();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  cli::wipe_passwords_in_argv(argc, argv);
  try {
    return run_command_line(std::move(arguments));
  } catch (const std::exception& error) {
    return complain(core::Failure{core::Fault::internal, fmt::format("a defect of imapferry: {}", error.what()), {}});
  }
}

}  // namespace imapferry::app
