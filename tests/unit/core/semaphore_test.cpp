#include "core/condition.hpp"
#include "core/semaphore.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace imapferry;
using core::Semaphore;
using Permit = core::Semaphore::Permit;
namespace asio = boost::asio;

namespace {

/// Whoever takes units, writes its name down, and keeps them until it is told.
struct Taker {
  explicit Taker(const asio::any_io_executor& executor) : may_go(executor) {}
  core::Condition may_go;
  bool must_go = false;
  std::size_t units = 0;

  void go() {
    must_go = true;
    may_go.notify_all();
  }
};

asio::awaitable<void> take(Semaphore& semaphore, std::size_t units, char name, std::string& order, Taker& taker) {
  const Permit permit = co_await semaphore.acquire(units);
  order += name;
  taker.units = permit.units();
  while (!taker.must_go) co_await taker.may_go.wait();
}

asio::awaitable<void> take_turn() {
  const auto executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

struct Load {
  Load(std::size_t units, unsigned seed) : semaphore(units), random(seed) {}
  Semaphore semaphore;
  std::mt19937 random;
  std::size_t held = 0;
  std::size_t most_held = 0;
  std::size_t turns = 0;
};

asio::awaitable<void> come_and_go(Load& load) {
  for (int round = 0; round < 20; ++round) {
    const std::size_t wanted = 1 + load.random() % 6;
    Permit permit = co_await load.semaphore.acquire(wanted);
    CHECK(permit.units() == wanted);
    load.held += wanted;
    load.most_held = std::max(load.most_held, load.held);
    const std::size_t waits = load.random() % 4;
    for (std::size_t i = 0; i < waits; ++i) co_await take_turn();
    load.held -= wanted;
    ++load.turns;
    Permit moved = std::move(permit);
    if (load.random() % 2 == 0) moved.release();
  }
}

asio::awaitable<void> try_now_and_then(Load& load) {
  for (int round = 0; round < 200; ++round) {
    const Permit permit = load.semaphore.try_acquire(1 + load.random() % 3);
    if (permit) load.held += permit.units();
    co_await take_turn();
    if (permit) load.held -= permit.units();
  }
}

}  // namespace

TEST_CASE("semaphore: a permit gives its units back once, wherever it has gone") {
  Semaphore semaphore(5);
  Permit first = semaphore.try_acquire(2);
  REQUIRE(first);
  CHECK(first.units() == 2);
  CHECK(semaphore.in_use() == 2);
  Permit second = std::move(first);
  CHECK(!first);
  CHECK(first.units() == 0);
  CHECK(semaphore.in_use() == 2);
  {
    Permit third = semaphore.try_acquire(3);
    REQUIRE(third);
    CHECK(semaphore.in_use() == 5);
    CHECK(!semaphore.try_acquire());
    third = std::move(second);
    CHECK(semaphore.in_use() == 2);
    Permit& same = third;
    third = std::move(same);
    CHECK(semaphore.in_use() == 2);
    third.release();
    third.release();
    CHECK(!third);
    CHECK(semaphore.in_use() == 0);
  }
  CHECK(semaphore.in_use() == 0);
  CHECK(semaphore.total() == 5);
}

TEST_CASE("semaphore: who asks for more than there are gets all of them") {
  Semaphore semaphore(5);
  {
    const Permit all = semaphore.try_acquire(1000);
    REQUIRE(all);
    CHECK(all.units() == 5);
    CHECK(!semaphore.try_acquire(1));
  }
  const Permit one = semaphore.try_acquire(1);
  CHECK(!semaphore.try_acquire(1000));
  asio::io_context io;
  std::string order;
  Taker taker(io.get_executor());
  taker.go();
  Permit held = semaphore.try_acquire(1);
  asio::co_spawn(io, take(semaphore, 1000, 'a', order, taker), asio::detached);
  io.poll();
  CHECK(order == "");
  held.release();
  io.restart();
  io.poll();
  CHECK(order == "");
}

TEST_CASE("semaphore: first come, first served, whatever they ask for") {
  asio::io_context io;
  Semaphore semaphore(3);
  std::string order;
  Taker a(io.get_executor());
  Taker b(io.get_executor());
  Taker c(io.get_executor());
  Taker d(io.get_executor());
  const auto run = [&io] {
    io.restart();
    io.poll();
  };
  asio::co_spawn(io, take(semaphore, 2, 'a', order, a), asio::detached);
  run();
  asio::co_spawn(io, take(semaphore, 3, 'b', order, b), asio::detached);
  run();
  asio::co_spawn(io, take(semaphore, 1, 'c', order, c), asio::detached);
  run();
  asio::co_spawn(io, take(semaphore, 1, 'd', order, d), asio::detached);
  run();
  // A unit is free, but the large request is first.
  CHECK(order == "a");
  CHECK(semaphore.waiting() == 3);
  CHECK(!semaphore.try_acquire(1));
  a.go();
  run();
  CHECK(order == "ab");
  CHECK(b.units == 3);
  b.go();
  run();
  CHECK(order == "abcd");
  CHECK(semaphore.waiting() == 0);
  CHECK(semaphore.in_use() == 2);
  c.go();
  d.go();
  run();
  CHECK(semaphore.in_use() == 0);
}

TEST_CASE("semaphore: never more than there are, and none is lost") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  asio::io_context io;
  Load load(8, seed);
  constexpr std::size_t users = 50;
  for (std::size_t i = 0; i < users; ++i) asio::co_spawn(io, come_and_go(load), asio::detached);
  asio::co_spawn(io, try_now_and_then(load), asio::detached);
  io.run();
  CHECK(load.turns == users * 20);
  CHECK(load.most_held <= 8);
  CHECK(load.most_held >= 6);
  CHECK(load.held == 0);
  CHECK(load.semaphore.in_use() == 0);
  CHECK(load.semaphore.waiting() == 0);
}

TEST_CASE("semaphore: whoever waits may go away, and what it waited for goes to the next") {
  Semaphore semaphore(1);
  std::string order;
  asio::io_context io;
  Taker next(io.get_executor());
  Permit held = semaphore.try_acquire();
  {
    asio::io_context doomed;
    Taker gone(doomed.get_executor());
    asio::co_spawn(doomed, take(semaphore, 1, 'x', order, gone), asio::detached);
    doomed.poll();
    asio::co_spawn(io, take(semaphore, 1, 'n', order, next), asio::detached);
    io.poll();
    CHECK(semaphore.waiting() == 2);
    SUBCASE("before its turn") {}
    SUBCASE("after it was given, and before it could take it") { held.release(); }
  }
  held.release();
  next.go();
  io.restart();
  io.poll();
  CHECK(order == "n");
  CHECK(semaphore.in_use() == 0);
}
