#include "app/loop.hpp"

#include "app/process.hpp"
#include "core/pause.hpp"
#include "report/exit_code.hpp"

#include <boost/asio/co_spawn.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace imapferry::app {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using OnSignal = config::ProcessSpec::OnSignal;

namespace {

constexpr auto redraw_interval = 100ms;
constexpr unsigned ticks_between_looks = 5;
// Whoever asks for new connections again within this time wants the end; as in imapsync.
constexpr auto insistence = 2s;

std::string name_of_signal(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

}  // namespace

Loop::Loop(const config::RunConfig& config, store::Store* store, Books& books, report::Console& console,
           PidFile* pid_file)
    : context_(1), config_(config), scheduler_(context_.get_executor(), config, store, books), books_(books),
      console_(console), pid_file_(pid_file), clock_(context_), signals_(context_) {
  for (const auto& [signal, action] : config_.process.signals) {
    if (action == OnSignal::ignore) {
      std::signal(signal, SIG_IGN);
    } else {
      signals_.add(signal);
    }
  }
}

std::optional<int> Loop::run() {
  asio::co_spawn(context_, work(), [this](std::exception_ptr error) {
    error_ = error;
    is_over_ = true;
    clock_.cancel();
    signals_.cancel();
  });
  tick();
  wait_for_signal();
  context_.run();
  books_.flush();
  console_.clear();
  if (error_) std::rethrow_exception(error_);
  return end_signal_;
}

asio::awaitable<void> Loop::work() {
  co_await pretend();
  co_await scheduler_.run();
}

/// --simulong: imapsync's line, so that what reads its log sees a progress.
asio::awaitable<void> Loop::pretend() {
  constexpr auto pace = 200ms;
  const auto all = static_cast<std::uint64_t>(config_.process.pretended_seconds * (1s / pace));
  for (std::uint64_t left = all; left > 0 && !is_stopping_; --left) {
    books_.note(fmt::format("Are you still here ETA: {}/{} msgs left", left - 1, all));
    co_await core::pause_until(pace, is_stopping_);
  }
}

// cancel() does not reach a handler that is on its way already: it has to see for itself that all is over.
void Loop::tick() {
  if (is_over_) return;
  clock_.expires_after(redraw_interval);
  clock_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    books_.flush();
    console_.tick(run::Clock::now());
    if (++ticks_ % ticks_between_looks == 0) look_for_abort_file();
    tick();
  });
}

void Loop::look_for_abort_file() {
  if (pid_file_ == nullptr || is_stopping_ || !pid_file_->take_abort_request()) return;
  stop(run::StopRequested{"--abortbyfile", true});
}

void Loop::stop(run::StopRequested why) {
  is_stopping_ = true;
  scheduler_.request_stop(std::move(why));
}

void Loop::wait_for_signal() {
  if (is_over_) return;
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    take_signal(signal);
    wait_for_signal();
  });
}

void Loop::take_end_signal(int signal) {
  // The second one is meant: whatever is in flight is left to the next run, which finds out what arrived.
  if (is_stopping_) {
    console_.clear();
    books_.note(fmt::format("{}: ending at once", name_of_signal(signal)));
    books_.close();
    if (pid_file_ != nullptr) pid_file_->remove();
    die_by(signal);
    std::_Exit(report::ended_by_signal);
  }
  end_signal_ = signal;
  stop(run::StopRequested{name_of_signal(signal), false});
}

void Loop::take_signal(int signal) {
  switch (config_.process.signals.at(signal)) {
  case OnSignal::stop: take_end_signal(signal); break;
  case OnSignal::reconnect: {
    const run::Clock::time_point now = run::Clock::now();
    if (last_reconnect_ && now - *last_reconnect_ < insistence) {
      take_end_signal(signal);
      break;
    }
    last_reconnect_ = now;
    console_.print_line(fmt::format("{}: opening all connections anew", name_of_signal(signal)));
    scheduler_.reconnect();
    break;
  }
  case OnSignal::show_status: console_.print_status(run::Clock::now()); break;
  case OnSignal::toggle_rates:
    console_.print_line(fmt::format("{}: the limits of how fast is copied {}", name_of_signal(signal),
                                    scheduler_.toggle_rates() ? "hold again" : "are lifted"));
    break;
  case OnSignal::ignore: break;
  }
}

}  // namespace imapferry::app
