#include "cli/process_options.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>

namespace imapferry::cli {

namespace {

using OnSignal = config::ProcessSpec::OnSignal;

struct SignalName {
  std::string_view name;
  int number;
};

/// Those that can be caught and mean nothing bad. (Nothing is done about SIGPIPE: what cannot be written is dropped.)
constexpr std::array signal_names{
    SignalName{"hup", SIGHUP},   SignalName{"int", SIGINT},     SignalName{"quit", SIGQUIT},
    SignalName{"term", SIGTERM}, SignalName{"usr1", SIGUSR1},   SignalName{"usr2", SIGUSR2},
    SignalName{"alrm", SIGALRM}, SignalName{"winch", SIGWINCH},
};

/// "INT", "SIGINT" or "2".
std::optional<int> signal_number(std::string_view text) {
  std::string name = lower(trimmed(text));
  if (name.starts_with("sig")) name.erase(0, 3);
  for (const SignalName& known : signal_names) {
    if (name == known.name || name == std::to_string(known.number)) return known.number;
  }
  return std::nullopt;
}

core::Result<void> add_signals(const ParsedOptions& options, std::string_view option, OnSignal action,
                               std::map<int, OnSignal>& asked) {
  for (const std::string& value : options.list(option)) {
    const std::optional<int> number = signal_number(value);
    if (!number) {
      return core::Failure{core::Fault::usage,
                           fmt::format("--{}: expected a signal such as INT, QUIT, TERM, HUP, USR1 or USR2, saw \"{}\"",
                                       option, core::printable(value, 80)),
                           {}};
    }
    const auto [place, is_new] = asked.emplace(*number, action);
    if (!is_new && place->second != action) {
      return core::Failure{
          core::Fault::usage,
          fmt::format("--{}: {} has another meaning by another option", option, core::printable(value, 80)),
          {}};
    }
  }
  return {};
}

core::Result<std::map<int, OnSignal>> signals_from(const ParsedOptions& options) {
  std::map<int, OnSignal> signals;
  struct List {
    std::string_view option;
    OnSignal action;
  };
  for (const List& list : {List{"sigexit", OnSignal::stop}, List{"sigreconnect", OnSignal::reconnect},
                           List{"sigignore", OnSignal::ignore}}) {
    if (auto added = add_signals(options, list.option, list.action, signals); !added) return added.error();
  }
  for (const int number : {SIGINT, SIGQUIT, SIGTERM}) signals.emplace(number, OnSignal::stop);
  signals.emplace(SIGHUP, OnSignal::show_status);
  signals.emplace(SIGUSR1, OnSignal::toggle_rates);
  return signals;
}

}  // namespace

core::Result<config::ProcessSpec> process_from(const ParsedOptions& options, const Surroundings& surroundings) {
  config::ProcessSpec process;
  auto signals = signals_from(options);
  if (!signals) return signals.error();
  process.signals = std::move(*signals);
  process.pretended_seconds = options.number("simulong").value_or(0);
  std::string directory = options.text("tmpdir").value_or("");
  if (directory.empty()) directory = surroundings.environment("TMPDIR").value_or("");
  if (directory.empty()) directory = "/tmp";
  process.locks_pid_file = options.flag("pidfilelocking").value_or(false);
  const std::optional<std::string> given = options.text("pidfile");
  const bool is_named = given && !given->empty();
  process.pid_file = is_named ? *given : directory + "/imapferry.pid";
  // As in imapsync, an empty name is none.
  process.writes_pid_file = is_named || (process.locks_pid_file && !given);
  if (process.locks_pid_file && !process.writes_pid_file) {
    return core::Failure{core::Fault::usage, "--pidfilelocking needs a pid file, and --pidfile is empty", {}};
  }
  return process;
}

}  // namespace imapferry::cli
