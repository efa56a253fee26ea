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

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
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

/// Those of the checks that a name was given for. Fails where one stands for none.
core::Result<std::vector<run::SelfCheck>> named(const std::vector<run::SelfCheck>& checks,
                                                const std::vector<std::string>& names) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto holds = [&](std::string_view text, std::string_view part) {
    const auto is_same = [&](char a, char b) { return lower(a) == lower(b); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), is_same) != text.end();
  };
  for (const std::string& name : names) {
    if (!name.empty() && std::any_of(checks.begin(), checks.end(),
                                     [&](const run::SelfCheck& check) { return holds(check.name, name); })) {
      continue;
    }
    std::string all;
    for (const run::SelfCheck& check : checks) all += fmt::format("{}\"{}\"", all.empty() ? "" : ", ", check.name);
    return core::Failure{
        core::Fault::usage,
        fmt::format("--testsunit: no test has \"{}\" in its name; there are {}", core::printable(name), all),
        {}};
  }
  std::vector<run::SelfCheck> wanted;
  for (const run::SelfCheck& check : checks) {
    const bool is_wanted =
        std::any_of(names.begin(), names.end(), [&](const std::string& name) { return holds(check.name, name); });
    if (is_wanted) wanted.push_back(check);
  }
  return wanted;
}

/// --tests: what can be tested without servers.
int test_ourselves(const std::vector<std::string>& names) {
  int failed = 0;
  int number = 0;
  std::vector<run::SelfCheck> checks = run::self_checks();
  if (!names.empty()) {
    auto wanted = named(checks, names);
    if (!wanted) return complain(wanted.error());
    checks = std::move(*wanted);
  }
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
  case cli::CliAction::self_test: return test_ourselves(invocation->tests);
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
