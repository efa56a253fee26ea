#include "app/migrate.hpp"

#include "app/books.hpp"
#include "app/complain.hpp"
#include "app/loop.hpp"
#include "app/pid_file.hpp"
#include "app/process.hpp"
#include "app/terminal.hpp"
#include "report/console.hpp"
#include "report/exit_code.hpp"
#include "report/summary.hpp"
#include "report/tally.hpp"
#include "run/command_check.hpp"
#include "store/store.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace imapferry::app {

namespace {

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
  if (config.rules.just_login) return report::Task::login;
  if (config.rules.just_folder_sizes) return report::Task::folder_sizes;
  if (config.rules.just_folders) return report::Task::folders;
  return report::Task::copy;
}

/// The store that the run works with; null where there is to be none. In a directory that nobody has named it is a
/// convenience, which may be missing.
core::Result<std::unique_ptr<store::Store>> open_store(const config::RunConfig& config, report::Task task,
                                                       std::vector<std::string>& warnings) {
  std::unique_ptr<store::Store> store;
  if (config.state.directory.empty() || task != report::Task::copy) return store;
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

/// What is told, and where. imapsync's lines come where a script reads, as imapsync's users expect; people at a
/// terminal have the display, and the log file.
Books::Wishes wishes_of(const cli::Invocation& invocation, report::Task task) {
  const config::RunConfig& config = invocation.config;
  const bool is_work = task == report::Task::copy || task == report::Task::folders;
  const bool is_read_by_script = ::isatty(STDOUT_FILENO) == 0 && invocation.progress != cli::Progress::none;
  const bool is_single = config.accounts.size() == 1;
  const bool is_of_file = !config.accounts.empty() && config.accounts.front().line > 0;
  Books::Wishes wishes;
  wishes.is_verbose = is_work && config.output.verbose.value_or(is_read_by_script && is_single);
  wishes.has_log = is_work && config.output.log && is_single && (!is_of_file || config.output.log_every_account);
  wishes.logs_accounts = is_work && !is_single && config.output.log_every_account;
  return wishes;
}

core::Result<std::unique_ptr<PidFile>> take_pid_file(const config::ProcessSpec& process, const std::string& log_path) {
  std::unique_ptr<PidFile> none;
  if (!process.writes_pid_file) return none;
  // Whoever follows the log may do so from another directory.
  std::error_code ignored;
  const std::string path = log_path.empty() ? "" : std::filesystem::absolute(log_path, ignored).string();
  return PidFile::take(process.pid_file, process.locks_pid_file ? PidFile::IfTaken::refuse : PidFile::IfTaken::replace,
                       path);
}

bool wants_statistics_of_all(const config::RunConfig& config, report::Task task) {
  const bool is_many = config.accounts.size() > 1 && task == report::Task::copy;
  return is_many && config.output.verbose.value_or(::isatty(STDOUT_FILENO) == 0);
}

}  // namespace

Ending migrate(cli::Invocation& invocation) {
  const config::RunConfig& config = invocation.config;
  const auto started = std::chrono::system_clock::now();
  const std::uint64_t memory_at_start = resident_memory();
  const report::Task task = task_of(config);
  if (task == report::Task::copy) {
    if (auto checked = run::check_commands(config.rules.messages); !checked) return Ending{complain(checked.error())};
  }
  const Books::Wishes wishes = wishes_of(invocation, task);
  const std::string log_path = wishes.has_log ? log_path_of(config.output, config.accounts.front(), true) : "";
  core::Result<std::unique_ptr<PidFile>> pid_file = take_pid_file(config.process, log_path);
  if (!pid_file) return Ending{complain(pid_file.error())};
  core::Result<std::unique_ptr<store::Store>> store = open_store(config, task, invocation.warnings);
  if (!store) return Ending{complain(store.error())};

  Terminal terminal;
  const bool keeps_results = wishes.is_verbose || wishes.has_log;
  report::RunTally tally(task == report::Task::folder_sizes ? report::RunTally::Sizes::kept
                                                            : report::RunTally::Sizes::dropped,
                         keeps_results ? report::RunTally::Results::kept : report::RunTally::Results::dropped);
  report::Console console(terminal, mode_of(invocation.progress), tally);
  Books books(config, wishes, tally, console);
  if (wishes.has_log) {
    // Not being able to write it is no reason to copy nothing.
    if (const auto failure = books.open_log(log_path)) books.warn(failure->describe());
  }
  for (const std::string& warning : invocation.warnings) books.warn(warning);
  for (const std::string& line : invocation.presets) books.note(line);

  const std::optional<int> signal = Loop(config, store->get(), books, console, pid_file->get()).run();

  const bool has_statistics = wishes.is_verbose || wants_statistics_of_all(config, task);
  report::SummaryFacts facts;
  facts.task = task;
  facts.is_dry = config.rules.dry;
  facts.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now() - started);
  facts.peak_memory = peak_memory();
  facts.log_file = books.log_path();
  facts.tells_exit_value = !has_statistics;
  terminal.write(report::summary(tally, facts));
  if (has_statistics || wishes.has_log) books.tell_end(statistics_facts(config, started, memory_at_start));
  books.close();
  Ending ending{report::exit_code(tally)};
  if (ending.exit_code == report::ended_by_signal) ending.signal = signal;
  return ending;
}

}  // namespace imapferry::app
