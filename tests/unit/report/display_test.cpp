#include "feed.hpp"
#include "report/display.hpp"
#include "report/format.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using sync::Side;

namespace {

std::vector<Step> in_work(std::size_t account, const std::vector<Step>& more = {}) {
  std::vector<Step> steps{started(account), connected(account, Side::source), connected(account, Side::destination)};
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "|\n";
  return out;
}

}  // namespace

TEST_CASE("display: what each account is busy with") {
  RunTally tally;
  feed(tally, {run_started(5)});
  feed(tally, {started(0), connected(0, Side::source)});
  feed(tally, in_work(1));
  feed(tally, in_work(2, {mapped(2, {"A", "B", "C", "D", "E"})}));
  feed(tally, in_work(3, {mapped(3, {"A", "B", "C", "D"}), planned(3, "A", {9, 9, 9}), planned(3, "B", {}),
                          planned(3, "C", {}), planned(3, "D", {}), copied(3, "A", 3, 3)}));
  Progress progress;
  CHECK(joined(display(tally, progress, 60, 24)) == "0/5 accounts, 3/9 messages (33%), 3 B/9 B, 0 messages/s, 0…|\n"
                                                    "  alice  connecting|\n"
                                                    "  bob    listing mailboxes|\n"
                                                    "  carol  mailbox 1 of 5|\n"
                                                    "  user3  A, B, C, and 1 more                       33%  3/9|\n");
}

TEST_CASE("display: the overview tells of failures, refusals and the end that is near") {
  RunTally tally;
  Progress progress;
  feed(tally, {run_started(3), started(0), failed(0, failure(core::Fault::connect, "x")), started(1), finished(1)});
  feed(tally, in_work(2, {mapped(2, {"A"}), planned(2, "A", {1001, 1001, 1'001'000}), refused(2, "A", 1)}));
  progress.sample(tally.totals(), time_zero);
  feed(tally, copied(2, "A", 400, 400'000));
  progress.sample(tally.totals(), time_zero + 4s);
  CHECK(overview(tally, progress) ==
        "1/3 accounts, 1 failed, 400/1,000 messages (40%), 1 refused, 390.6 KiB/976.6 KiB, "
        "100.0 messages/s, 97.7 KiB/s, ETA 6 s");
  feed(tally, stop_requested());
  CHECK(overview(tally, progress).find(", stopping") != std::string::npos);
}

TEST_CASE("display: a guess of the time left is marked as one") {
  RunTally tally;
  Progress progress;
  feed(tally, run_started(1));
  feed(tally, in_work(0, {mapped(0, {"A", "B"}), planned(0, "A", {1000, 1000, 1'000'000})}));
  progress.sample(tally.totals(), time_zero);
  feed(tally, copied(0, "A", 500, 500'000));
  progress.sample(tally.totals(), time_zero + 5s);
  CHECK(overview(tally, progress).find(", ETA ~15 s") != std::string::npos);
}

TEST_CASE("display: lines never fill the width, whatever the names are") {
  RunTally tally;
  feed(tally, run_started(4));
  const std::string wide = "受信箱受信箱受信箱受信箱受信箱受信箱受信箱受信箱";
  for (std::size_t i = 0; i < 4; ++i) {
    feed(tally, in_work(i, {mapped(i, {wide}), planned(i, wide, {123'456'789, 123'456'789, 1}),
                            copied(i, wide, 12'345'678, 1)}));
  }
  Progress progress;
  for (const std::size_t width : {1u, 2u, 3u, 10u, 40u, 60u, 79u, 80u, 81u, 100u, 200u}) {
    CAPTURE(width);
    for (const std::string& line : display(tally, progress, width, 24)) {
      CAPTURE(line);
      CHECK(display_width(line) < (width > 1 ? width : 80));
    }
  }
}

TEST_CASE("display: no more accounts than rows, and the others are counted") {
  RunTally tally;
  feed(tally, run_started(50));
  for (std::size_t i = 0; i < 50; ++i) feed(tally, started(i));
  Progress progress;
  struct Case {
    std::size_t height, lines;
    std::string last;
  };
  const std::vector<Case> cases{
      {0, 14, "  and 38 more"},   {24, 14, "  and 38 more"},
      {100, 14, "  and 38 more"}, {8, 7, "  and 45 more"},
      {4, 3, "  and 49 more"},    {3, 1, "0/50 accounts, 0/0 messages, 0 B/0 B, 0 messages/s, 0 B/s"},
  };
  for (const Case& item : cases) {
    CAPTURE(item.height);
    const auto lines = display(tally, progress, 80, item.height);
    CHECK(lines.size() == item.lines);
    CHECK(lines.back() == item.last);
  }
}
