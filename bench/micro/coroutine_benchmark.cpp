#include "core/condition.hpp"
#include "core/semaphore.hpp"
#include "core/task_group.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <exception>

namespace imapferry::micro {
namespace {

using boost::asio::awaitable;

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

awaitable<void> run_beside_watchdog(awaitable<void> (*function)(benchmark::State&), benchmark::State& state,
                                    boost::asio::steady_timer& watchdog) {
  co_await function(state);
  watchdog.cancel();
}

/// Runs a coroutine to its end on a loop of its own, as app::Loop does: one thread. A timer is armed all the while, as
/// a connection's watchdog is: without one, the timer of every condition would be the first and be told to the kernel.
void run(awaitable<void> (*function)(benchmark::State&), benchmark::State& state) {
  boost::asio::io_context loop(1);
  boost::asio::steady_timer watchdog(loop, std::chrono::hours(1));
  watchdog.async_wait([](const boost::system::error_code&) {});
  boost::asio::co_spawn(loop, run_beside_watchdog(function, state, watchdog), rethrow);
  loop.run();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

awaitable<int> leaf(int value) { co_return value + 1; }

awaitable<void> await_leaf(benchmark::State& state) {
  int value = 0;
  for (auto _ : state) value = co_await leaf(value);
  benchmark::DoNotOptimize(value);
}

void co_await_leaf(benchmark::State& state) { run(await_leaf, state); }
BENCHMARK(co_await_leaf);

awaitable<void> post_back(benchmark::State& state) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (auto _ : state) co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

void turn_of_the_loop(benchmark::State& state) { run(post_back, state); }
BENCHMARK(turn_of_the_loop);

awaitable<void> nothing() { co_return; }

awaitable<void> spawn_and_join_groups(benchmark::State& state) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto tasks = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    core::TaskGroup group(executor);
    for (std::size_t i = 0; i < tasks; ++i) group.spawn(nothing());
    co_await group.join();
  }
}

/// A group of tasks that do nothing: the cost of one task is the time by their number.
void spawn_and_join(benchmark::State& state) { run(spawn_and_join_groups, state); }
BENCHMARK(spawn_and_join)->Arg(1)->Arg(16);

awaitable<void> acquire_free(benchmark::State& state) {
  core::Semaphore semaphore(4);
  for (auto _ : state) {
    const core::Semaphore::Permit permit = co_await semaphore.acquire();
    benchmark::DoNotOptimize(permit.units());
  }
}

void semaphore_uncontended(benchmark::State& state) { run(acquire_free, state); }
BENCHMARK(semaphore_uncontended);

/// Two tasks that hand one unit to and fro: each acquire waits.
class Contest {
 public:
  explicit Contest(benchmark::State& state) : state_(state) {}

  awaitable<void> run() {
    const auto executor = co_await boost::asio::this_coro::executor;
    core::TaskGroup group(executor);
    group.spawn(rival());
    for (auto _ : state_) {
      const core::Semaphore::Permit permit = co_await semaphore_.acquire();
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }
    is_over_ = true;
    co_await group.join();
  }

 private:
  awaitable<void> rival() {
    const auto executor = co_await boost::asio::this_coro::executor;
    while (!is_over_) {
      const core::Semaphore::Permit permit = co_await semaphore_.acquire();
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
    }
  }

  benchmark::State& state_;
  core::Semaphore semaphore_{1};
  bool is_over_ = false;
};

awaitable<void> contend(benchmark::State& state) {
  Contest contest(state);
  co_await contest.run();
}

/// Two turns of the loop are in it.
void semaphore_contended(benchmark::State& state) { run(contend, state); }
BENCHMARK(semaphore_contended);

/// Waiters on one condition, all woken by each notify_all: what a connection does with many commands in flight.
class Crowd {
 public:
  Crowd(benchmark::State& state, const boost::asio::any_io_executor& executor)
      : state_(state), changed_(executor), executor_(executor) {}

  awaitable<void> run() {
    core::TaskGroup group(executor_);
    for (std::int64_t i = 0; i < state_.range(0); ++i) group.spawn(wait());
    co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    for (auto _ : state_) {
      changed_.notify_all();
      // Behind all of them in the queue: they wait again when this goes on.
      co_await boost::asio::post(executor_, boost::asio::use_awaitable);
    }
    is_over_ = true;
    changed_.notify_all();
    co_await group.join();
  }

 private:
  awaitable<void> wait() {
    while (!is_over_) {
      co_await changed_.wait();
      ++woken_;
    }
  }

  benchmark::State& state_;
  core::Condition changed_;
  boost::asio::any_io_executor executor_;
  std::size_t woken_ = 0;
  bool is_over_ = false;
};

awaitable<void> wake_crowd(benchmark::State& state) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Crowd crowd(state, executor);
  co_await crowd.run();
}

void condition_wakes(benchmark::State& state) {
  run(wake_crowd, state);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(condition_wakes)->Arg(1)->Arg(16);

}  // namespace
}  // namespace imapferry::micro
