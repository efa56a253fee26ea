#include "app/app.hpp"

#include "app/process.hpp"
#include "app/terminal.hpp"
#include "cli/help.hpp"
#include "cli/parse.hpp"
#include "cli/password_prompt.hpp"
#include "cli/to_config.hpp"
#include "report/console.hpp"
#include "report/exit_code.hpp"
#include "report/status.hpp"
#include "report/summary.hpp"
#include "report/tally.hpp"
#include "run/scheduler.hpp"
#include "store/store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace imapferry::app {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto redraw_interval = 100ms;
constexpr std::size_t default_width = 100;

/// Tells everybody in order: the tally keeps the books that the console shows.
class Reporters : public run::Observer {
 public:
  Reporters(report::RunTally& tally, report::Console& console) : tally_(tally), console_(console) {}
  void on(const run::RunEvent& event, run::Clock::time_point now) override {
    tally_.on(event, now);
    console_.on(event, now);
  }
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) override {
    tally_.on(account, event, now);
    console_.on(account, event, now);
  }

 private:
  report::RunTally& tally_;
  report::Console& console_;
};

/// The event loop with all that runs on it: the accounts, the display's clock and the signals.
class Loop {
 public:
  Loop(const config::RunConfig& config, store::Store* store, run::Observer& observer, report::Console& console)
      : context_(1), scheduler_(context_.get_executor(), config, store, observer), console_(console), clock_(context_),
        signals_(context_, SIGINT, SIGTERM) {}

  void run() {
    asio::co_spawn(context_, scheduler_.run(), [this](std::exception_ptr error) {
      error_ = error;
      is_over_ = true;
      clock_.cancel();
      signals_.cancel();
    });
    tick();
    wait_for_signal();
    context_.run();
    console_.clear();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  // cancel() does not reach a handler that is on its way already: it has to see for itself that all is over.
  void tick() {
    if (is_over_) return;
    clock_.expires_after(redraw_interval);
    clock_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      console_.tick(run::Clock::now());
      tick();
    });
  }

  void wait_for_signal() {
    if (is_over_) return;
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      // The second one is meant: whatever is in flight is left to the next run, which finds out what arrived.
      if (is_stopping_) {
        console_.clear();
        std::_Exit(report::exit_code(core::Failure{core::Fault::cancelled, {}, {}}));
      }
      is_stopping_ = true;
      scheduler_.request_stop(signal == SIGINT ? "SIGINT" : "SIGTERM");
      wait_for_signal();
    });
  }

  asio::io_context context_;
  run::Scheduler scheduler_;
  report::Console& console_;
  asio::steady_timer clock_;
  asio::signal_set signals_;
  bool is_over_ = false;
  bool is_stopping_ = false;
  std::exception_ptr error_;
};

report::ConsoleMode mode_of(cli::Progress progress) {
  switch (progress) {
  case cli::Progress::automatic: return report::ConsoleMode::automatic;
  case cli::Progress::live: return report::ConsoleMode::live;
  case cli::Progress::plain: return report::ConsoleMode::plain;
  case cli::Progress::none: return report::ConsoleMode::none;
  }
  return report::ConsoleMode::automatic;
}

report::Task task_of(const config::RunConfig& config) {
  if (config.just_connect) return report::Task::connect;
  if (config.rules.just_folder_lists || config.rules.just_automap) return report::Task::folder_names;
  if (config.rules.just_folder_sizes) return report::Task::folder_sizes;
  if (config.rules.just_folders) return report::Task::folders;
  return report::Task::copy;
}

/// Says on standard error what went wrong before there was a run.
int complain(const core::Failure& failure) {
  fmt::print(stderr, "imapferry: {}\n", failure.describe());
  return report::exit_code(failure);
}

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

/// The store that the run works with; null where there is to be none. In a directory that nobody has named it is a
/// convenience, which may be missing.
core::Result<std::unique_ptr<store::Store>> open_store(const config::RunConfig& config,
                                                       std::vector<std::string>& warnings) {
  std::unique_ptr<store::Store> store;
  const config::SyncRules& rules = config.rules;
  const bool needs_none = config.just_connect || rules.just_folder_lists || rules.just_automap ||
                          rules.just_folder_sizes || rules.just_folders;
  if (config.state.directory.empty() || needs_none) return store;
  core::Result<store::Store::Opened> opened = store::Store::open(config.state.directory);
  if (opened) {
    for (std::string& note : opened->notes) warnings.push_back(std::move(note));
    store = std::move(opened->store);
  } else if (config.state.is_default) {
    warnings.push_back(opened.error().describe() + "; this run goes on without it, only slower");
  } else {
    return opened.error();
  }
  return store;
}

int migrate(cli::Invocation& invocation) {
  const auto started = run::Clock::now();
  core::Result<std::unique_ptr<store::Store>> store = open_store(invocation.config, invocation.warnings);
  if (!store) return complain(store.error());
  Terminal terminal;
  const report::Task task = task_of(invocation.config);
  report::RunTally tally(task == report::Task::folder_sizes ? report::RunTally::Sizes::kept
                                                            : report::RunTally::Sizes::dropped);
  report::Console console(terminal, mode_of(invocation.progress), tally);
  for (const std::string& warning : invocation.warnings) console.print_line("warning: " + warning);

  Reporters reporters(tally, console);
  Loop loop(invocation.config, store->get(), reporters, console);
  loop.run();

  report::SummaryFacts facts;
  facts.task = task;
  facts.is_dry = invocation.config.rules.dry;
  facts.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(run::Clock::now() - started);
  facts.peak_memory = peak_memory();
  terminal.write(report::summary(tally, facts));
  return report::exit_code(tally);
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
  core::Result<cli::ParsedOptions> options = cli::parse_arguments(std::move(arguments));
  if (!options) return complain(options.error());
  core::Result<cli::Invocation> invocation = cli::to_config(*options);
  if (!invocation) return complain(invocation.error());
  switch (invocation->action) {
  case cli::CliAction::help: {
    const std::size_t width = Terminal().width();
    fmt::print("{}", cli::help_text(width > 0 ? width : default_width));
    return EXIT_SUCCESS;
  }
  case cli::CliAction::version: fmt::print("{}", cli::version_text()); return EXIT_SUCCESS;
  case cli::CliAction::status: return show_status(*invocation);
  case cli::CliAction::run: break;
  }
  if (auto asked = ask_missing_passwords(*invocation); !asked) return complain(asked.error());
  return migrate(*invocation);
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
