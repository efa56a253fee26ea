#pragma once

#include "app/books.hpp"
#include "app/pid_file.hpp"
#include "config/run_config.hpp"
#include "report/console.hpp"
#include "run/scheduler.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <optional>

namespace imapferry::app {

/// The event loop with all that runs on it: the accounts, the display's clock and what comes from outside, which is
/// signals and --abortbyfile.
class Loop {
 public:
  /// All of them outlive the loop; `store` and `pid_file` may be null.
  Loop(const config::RunConfig& config, store::Store* store, Books& books, report::Console& console, PidFile* pid_file);

  /// Returns when everything has ended, with the signal that has asked for that, if one has; ends the process where the
  /// user insists.
  std::optional<int> run();

 private:
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> pretend();
  void tick();
  void look_for_abort_file();
  void wait_for_signal();
  void take_signal(int signal);
  void take_end_signal(int signal);
  void stop(run::StopRequested why);

  boost::asio::io_context context_;
  const config::RunConfig& config_;
  run::Scheduler scheduler_;
  Books& books_;
  report::Console& console_;
  PidFile* pid_file_;
  boost::asio::steady_timer clock_;
  boost::asio::signal_set signals_;
  unsigned ticks_ = 0;
  bool is_over_ = false;
  bool is_stopping_ = false;
  std::optional<int> end_signal_;
  std::optional<run::Clock::time_point> last_reconnect_;
  std::exception_ptr error_;
};

}  // namespace imapferry::app
