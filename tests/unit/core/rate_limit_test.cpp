#include "../data.hpp"
#include "core/rate_limit.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace imapferry::core;
using namespace std::chrono_literals;
using Clock = RateLimit::Clock;

namespace {

const Clock::time_point dawn = Clock::time_point(1000h);

/// Seconds from the dawn of time.
double at(Clock::time_point time) { return std::chrono::duration<double>(time - dawn).count(); }

Rates rates(double messages, double bytes, std::uint64_t before = 0) { return Rates{messages, bytes, before, {}}; }

}  // namespace

TEST_CASE("rate: the pauses that imapsync makes") {
  const nlohmann::json cases = imapferry::testing::read_data("imapsync/rates.json");
  REQUIRE(cases.size() >= 10);
  for (const auto& one : cases) {
    CAPTURE(one.dump());
    CHECK(pause_for(one["done"].get<double>(), one["seconds"].get<double>(), one["per_second"].get<double>()) ==
          one["pause"].get<double>());
  }
}

TEST_CASE("rate: no limit, no wait") {
  const bool is_on = true;
  RateLimit limit(Rates{}, is_on);
  CHECK(limit.next_portion().messages > 1'000'000'000);
  CHECK(limit.next_portion().bytes > 1'000'000'000'000);
  for (int i = 0; i < 10; ++i) CHECK(limit.begin(1000, 1'000'000, dawn) == dawn);
}

TEST_CASE("rate: the average is kept, whoever asks and however fast") {
  const bool is_on = true;
  SUBCASE("of messages") {
    RateLimit limit(rates(4, 0), is_on);
    CHECK(limit.next_portion().messages == 4);
    CHECK(at(limit.begin(4, 100, dawn)) == 0);
    CHECK(at(limit.begin(4, 100, dawn)) == doctest::Approx(1));
    CHECK(at(limit.begin(1, 100, dawn + 500ms)) == doctest::Approx(2));
    CHECK(at(limit.begin(4, 100, dawn + 10s)) == 10);
  }
  SUBCASE("of bytes") {
    RateLimit limit(rates(0, 1000), is_on);
    CHECK(limit.next_portion().bytes == 1000);
    CHECK(at(limit.begin(1, 5000, dawn)) == 0);
    CHECK(at(limit.begin(1, 1000, dawn + 1s)) == doctest::Approx(5));
    CHECK(at(limit.begin(1, 1, dawn + 5s)) == doctest::Approx(6));
  }
  SUBCASE("of both: the stricter counts") {
    RateLimit limit(rates(1, 1000), is_on);
    limit.begin(1, 5000, dawn);
    CHECK(at(limit.begin(8, 1000, dawn)) == doctest::Approx(5));
    CHECK(at(limit.begin(1, 1, dawn)) == doctest::Approx(9));
  }
  SUBCASE("less than one a second") {
    RateLimit limit(rates(0.5, 0), is_on);
    CHECK(limit.next_portion().messages == 1);
    limit.begin(1, 1, dawn);
    CHECK(at(limit.begin(1, 1, dawn)) == doctest::Approx(2));
  }
}

TEST_CASE("rate: in no stretch of time does more begin than the limit and one portion allow") {
  const bool is_on = true;
  RateLimit limit(rates(0, 10'000), is_on);
  struct Begun {
    double time;
    std::uint64_t bytes;
  };
  std::vector<Begun> begun;
  Clock::time_point now = dawn;
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(i % 7 + 1) * 1000;
    const Clock::time_point turn = limit.begin(1, bytes, now);
    begun.push_back(Begun{at(turn), bytes});
    now = turn;
  }
  for (std::size_t from = 0; from < begun.size(); from += 17) {
    std::uint64_t bytes = 0;
    for (std::size_t i = from; i < begun.size() && begun[i].time <= begun[from].time + 10; ++i) bytes += begun[i].bytes;
    CHECK(bytes <= 10 * 10'000 + 2 * 7000);
  }
}

TEST_CASE("rate: what goes before the limit counts goes at once, and brings nothing along") {
  const bool is_on = true;
  RateLimit limit(rates(0, 1000, 50'000), is_on);
  CHECK(limit.next_portion().bytes == 50'000);
  CHECK(at(limit.begin(10, 30'000, dawn)) == 0);
  CHECK(limit.next_portion().bytes == 20'000);
  CHECK(at(limit.begin(10, 22'000, dawn)) == 0);
  CHECK(limit.next_portion().bytes == 1000);
  CHECK(at(limit.begin(1, 1000, dawn)) == doctest::Approx(2));
}

TEST_CASE("rate: the longest pause goes before the limit, for each message in its turn") {
  const bool is_on = true;
  RateLimit limit(Rates{0, 1000, 0, 2000ms}, is_on);
  limit.begin(1, 100'000, dawn);
  CHECK(at(limit.begin(1, 100'000, dawn)) == 2);
  CHECK(at(limit.begin(3, 100'000, dawn)) == 8);
}

TEST_CASE("rate: lifted and brought back") {
  bool is_on = true;
  RateLimit limit(rates(1, 0), is_on);
  limit.begin(100, 1, dawn);
  const Clock::time_point turn = limit.begin(1, 1, dawn);
  CHECK(limit.left_of(turn, dawn) == 100s);
  is_on = false;
  CHECK(limit.left_of(turn, dawn) == 0ms);
  CHECK(limit.begin(1000, 1, dawn) == dawn);
  CHECK(limit.next_portion().messages > 1000);
  is_on = true;
  CHECK(at(limit.begin(1, 1, dawn + 1s)) == 1);
  CHECK(at(limit.begin(1, 1, dawn + 1s)) == doctest::Approx(2));
}

TEST_CASE("rate: the server's wishes count with and without limits") {
  bool is_on = false;
  RateLimit limit(Rates{}, is_on);
  limit.hold(30s, dawn);
  limit.hold(10s, dawn);
  const Clock::time_point turn = limit.begin(1, 1, dawn);
  CHECK(at(turn) == 30);
  CHECK(limit.left_of(turn, dawn + 29s) == 1s);
  CHECK(limit.left_of(turn, dawn + 31s) == 0ms);
}

TEST_CASE("rate: a server that says that it slows us down gets longer and longer pauses, and shorter ones again") {
  const bool is_on = true;
  RateLimit limit(Rates{}, is_on);
  Clock::time_point now = dawn;
  limit.heard(false, now);
  CHECK(limit.begin(1, 1, now) == now);
  limit.heard(true, now);
  CHECK(limit.begin(1, 1, now) == now + 50ms);
  for (int i = 0; i < 20; ++i) limit.heard(true, now);
  CHECK(limit.begin(1, 1, now) >= now + 16s);
  now += 60s;
  for (int i = 0; i < 50; ++i) limit.heard(false, now);
  CHECK(limit.begin(1, 1, now) == now);
}
