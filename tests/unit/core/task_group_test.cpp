#include "core/condition.hpp"
#include "core/failure.hpp"
#include "core/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace imapferry;
using core::TaskGroup;
namespace asio = boost::asio;

namespace {

struct Gate {
  explicit Gate(const asio::any_io_executor& executor) : changed(executor) {}
  void open() {
    is_open = true;
    changed.notify_all();
  }
  core::Condition changed;
  bool is_open = false;
};

asio::awaitable<void> pass(Gate& gate, std::string& order, char name) {
  while (!gate.is_open) co_await gate.changed.wait();
  order += name;
}

asio::awaitable<void> pass_and_fail(Gate& gate, const char* message) {
  while (!gate.is_open) co_await gate.changed.wait();
  throw core::Error(core::Fault::closed, message);
}

asio::awaitable<void> fail_at_once() {
  throw std::runtime_error("at once");
  co_return;
}

asio::awaitable<void> spawn_another(TaskGroup& group, Gate& gate, std::string& order) {
  group.spawn(pass(gate, order, 'n'));
  order += 's';
  co_return;
}

asio::awaitable<void> join(TaskGroup& group, std::string& outcome) {
  try {
    co_await group.join();
    outcome = "joined";
  } catch (const std::exception& error) {
    outcome = error.what();
  }
}

struct Stage {
  asio::io_context io;
  TaskGroup group{io.get_executor()};
  Gate first{io.get_executor()};
  Gate second{io.get_executor()};
  std::string order;
  std::string outcome;

  void start_join() { asio::co_spawn(io, join(group, outcome), asio::detached); }
  void run() {
    io.restart();
    io.poll();
  }
};

}  // namespace

TEST_CASE("condition: wakes whoever waits then, and nobody who comes later") {
  Stage stage;
  asio::co_spawn(stage.io, pass(stage.first, stage.order, 'a'), asio::detached);
  asio::co_spawn(stage.io, pass(stage.first, stage.order, 'b'), asio::detached);
  stage.run();
  stage.first.changed.notify_all();
  stage.run();
  CHECK(stage.order == "");
  stage.first.open();
  stage.run();
  CHECK(stage.order == "ab");
  core::Condition never(stage.io.get_executor());
  never.notify_all();
  bool is_woken = false;
  asio::co_spawn(stage.io, never.wait(), [&](std::exception_ptr) { is_woken = true; });
  stage.run();
  CHECK(!is_woken);
  never.notify_all();
  stage.run();
  CHECK(is_woken);
}

TEST_CASE("task group: nothing to join") {
  Stage stage;
  stage.start_join();
  stage.run();
  CHECK(stage.outcome == "joined");
}

TEST_CASE("task group: joins every task, also one that is spawned by another") {
  Stage stage;
  stage.group.spawn(pass(stage.first, stage.order, 'a'));
  stage.group.spawn(spawn_another(stage.group, stage.second, stage.order));
  stage.start_join();
  stage.run();
  CHECK(stage.group.running() == 2);
  stage.first.open();
  stage.run();
  CHECK(stage.order == "sa");
  CHECK(stage.outcome == "");
  stage.second.open();
  stage.run();
  CHECK(stage.order == "san");
  CHECK(stage.outcome == "joined");
  CHECK(stage.group.running() == 0);
}

TEST_CASE("task group: a task that fails does not end the others, and its error is thrown when all have ended") {
  Stage stage;
  stage.group.spawn(pass(stage.second, stage.order, 'a'));
  stage.group.spawn(pass_and_fail(stage.first, "first"));
  stage.group.spawn(pass_and_fail(stage.second, "second"));
  stage.start_join();
  stage.run();
  stage.first.open();
  stage.run();
  CHECK(stage.outcome == "");
  stage.second.open();
  stage.run();
  CHECK(stage.order == "a");
  CHECK(stage.outcome == "first");
}

TEST_CASE("task group: a task that fails before anybody joins") {
  Stage stage;
  stage.group.spawn(fail_at_once());
  stage.run();
  CHECK(stage.group.running() == 0);
  stage.start_join();
  stage.run();
  CHECK(stage.outcome == "at once");
  // The error was told; the group may be used again.
  stage.start_join();
  stage.run();
  CHECK(stage.outcome == "joined");
}
