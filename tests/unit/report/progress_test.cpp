#include "feed.hpp"
#include "report/progress.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;

namespace {

Counts counts(std::uint64_t copied, std::uint64_t bytes) {
  Counts out;
  out.copied = copied;
  out.bytes_copied = bytes;
  return out;
}

/// Samples every 100 ms from `from` up to and with `to`, at steady speed.
void run_steadily(Progress& progress, std::chrono::milliseconds from, std::chrono::milliseconds to,
                  std::uint64_t per_second, std::uint64_t already = 0) {
  for (auto at = from; at <= to; at += 100ms) {
    const auto copied = already + per_second * static_cast<std::uint64_t>((at - from).count()) / 1000;
    progress.sample(counts(copied, copied * 1000), time_zero + at);
  }
}

}  // namespace

TEST_CASE("speed: nothing is known from one sample") {
  Progress progress;
  CHECK(progress.speed().messages == 0);
  progress.sample(counts(5, 5000), time_zero);
  CHECK(progress.speed().messages == 0);
}

TEST_CASE("speed: of the whole time while that is short") {
  Progress progress;
  run_steadily(progress, 0ms, 2s, 100);
  CHECK(progress.speed().messages == doctest::Approx(100));
  CHECK(progress.speed().bytes == doctest::Approx(100'000));
}

TEST_CASE("speed: follows a change within the window") {
  Progress progress;
  run_steadily(progress, 0ms, 20s, 100);
  run_steadily(progress, 20s, 30s, 400, 2000);
  CHECK(progress.speed().messages == doctest::Approx(400).epsilon(0.02));
  for (auto at = 30s; at <= 40s; at += 1s) progress.sample(counts(6000, 6'000'000), time_zero + at);
  CHECK(progress.speed().messages == 0);
}

TEST_CASE("eta: comes after some seconds, when the work is known") {
  Progress progress;
  const Remainder left{1000, 1'000'000, true, 1};
  run_steadily(progress, 0ms, 2s, 100);
  CHECK_FALSE(progress.eta(left));
  run_steadily(progress, 2s, 4s, 100, 200);
  REQUIRE(progress.eta(left));
  CHECK(progress.eta(left)->left == 10s);
  CHECK(progress.eta(left)->is_certain);

  CHECK_FALSE(progress.eta(Remainder{1000, 1'000'000, false, 0.4}));
  CHECK_FALSE(progress.eta(Remainder{0, 0, true, 1}));
  // Ten times the size of a message: somewhere between the guess by number and the guess by bytes.
  CHECK(progress.eta(Remainder{1000, 10'000'000, true, 1})->left == 55s);
}

TEST_CASE("remainder: what is planned, when nothing else is ahead") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {10, 10, 1000}),
               copied(0, "INBOX", 4, 400)});
  const Remainder left = remainder(tally);
  CHECK(left.messages == 6);
  CHECK(left.bytes == 600);
  CHECK(left.is_certain);
  CHECK(left.known_share == 1);
}

TEST_CASE("remainder: mailboxes and accounts ahead are taken to be like those known") {
  RunTally tally;
  feed(tally, {run_started(2), started(0)});
  CHECK_FALSE(remainder(tally).is_certain);
  CHECK(remainder(tally).known_share == 0);

  feed(tally, {mapped(0, {"A", "B"}), planned(0, "A", {10, 10, 1000}), copied(0, "A", 4, 400)});
  // A is known of A and B, and this account of two: four times A, less the four copied.
  CHECK(remainder(tally).messages == doctest::Approx(36));
  CHECK(remainder(tally).bytes == doctest::Approx(3600));
  CHECK(remainder(tally).known_share == doctest::Approx(0.25));
  CHECK_FALSE(remainder(tally).is_certain);

  feed(tally, planned(0, "B", {2, 2, 200}));
  CHECK(remainder(tally).messages == doctest::Approx(20));
  CHECK(remainder(tally).known_share == doctest::Approx(0.5));

  feed(tally, {failed(0, failure(core::Fault::closed, "x")), started(1), mapped(1, {"A"}), planned(1, "A", {})});
  CHECK(remainder(tally).messages == 0);
  CHECK(remainder(tally).is_certain);
}
