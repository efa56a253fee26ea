#include "feed.hpp"
#include "report/exit_code.hpp"
#include "report/tally.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

TEST_CASE("exit code: each fault and side has imapsync's code") {
  struct Case {
    Fault fault;
    std::optional<Side> side;
    int code;
    std::string name;
  };
  const std::vector<Case> cases{
      {Fault::connect, Side::source, 101, "EXIT_CONNECTION_FAILURE_HOST1"},
      {Fault::connect, Side::destination, 102, "EXIT_CONNECTION_FAILURE_HOST2"},
      {Fault::connect, std::nullopt, 10, "EXIT_CONNECTION_FAILURE"},
      {Fault::timeout, Side::source, 101, "EXIT_CONNECTION_FAILURE_HOST1"},
      {Fault::closed, Side::destination, 102, "EXIT_CONNECTION_FAILURE_HOST2"},
      {Fault::protocol, Side::source, 101, "EXIT_CONNECTION_FAILURE_HOST1"},
      {Fault::unavailable, Side::destination, 102, "EXIT_CONNECTION_FAILURE_HOST2"},
      {Fault::tls, Side::source, 12, "EXIT_TLS_FAILURE"},
      {Fault::certificate, Side::destination, 12, "EXIT_TLS_FAILURE"},
      {Fault::authentication, Side::source, 161, "EXIT_AUTHENTICATION_FAILURE_USER1"},
      {Fault::authentication, Side::destination, 162, "EXIT_AUTHENTICATION_FAILURE_USER2"},
      {Fault::authentication, std::nullopt, 16, "EXIT_AUTHENTICATION_FAILURE"},
      {Fault::quota, Side::destination, 113, "EXIT_OVERQUOTA"},
      {Fault::append, std::nullopt, 114, "EXIT_ERR_APPEND"},
      {Fault::fetch, std::nullopt, 115, "EXIT_ERR_FETCH"},
      {Fault::create, std::nullopt, 116, "EXIT_ERR_CREATE"},
      {Fault::select, std::nullopt, 117, "EXIT_ERR_SELECT"},
      {Fault::flags, std::nullopt, 120, "EXIT_ERR_FLAGS"},
      {Fault::usage, std::nullopt, 64, "EX_USAGE"},
      {Fault::input, std::nullopt, 66, "EX_NOINPUT"},
      {Fault::cancelled, std::nullopt, 6, "EXIT_BY_SIGNAL"},
      {Fault::internal, std::nullopt, 70, "EX_SOFTWARE"},
  };
  for (const Case& item : cases) {
    CAPTURE(core::name_of(item.fault));
    CHECK(exit_code(failure(item.fault, "x"), item.side) == item.code);
    CHECK(name_of(item.code) == item.name);
  }
}

TEST_CASE("exit code: descriptions are imapsync's words") {
  CHECK(describe(0) == "EX_OK: successful termination");
  CHECK(name_of(0) == "EX_OK");
  CHECK(describe(64) == "EX_USAGE: command line usage error");
  CHECK(describe(69) == "EX_UNAVAILABLE: service unavailable");
  CHECK(describe(111) == "EXIT_WITH_ERRORS");
  CHECK(describe(118) == "EXIT_TRANSFER_EXCEEDED");
  CHECK(name_of(77) == "EXIT_UNKNOWN");
}

TEST_CASE("exit code: names of classes are sorted, so that the first of equally frequent ones is imapsync's") {
  for (std::size_t i = 1; i < error_class_count; ++i) {
    CHECK(name_of(static_cast<ErrorClass>(i - 1)) < name_of(static_cast<ErrorClass>(i)));
  }
  ErrorCounts counts{};
  CHECK_FALSE(most_frequent(counts));
  counts[static_cast<std::size_t>(ErrorClass::select)] = 2;
  CHECK(most_frequent(counts) == ErrorClass::select);
  counts[static_cast<std::size_t>(ErrorClass::fetch)] = 2;
  CHECK(most_frequent(counts) == ErrorClass::fetch);
  counts[static_cast<std::size_t>(ErrorClass::usage)] = 3;
  CHECK(most_frequent(counts) == ErrorClass::usage);
}

TEST_CASE("exit code: of a whole run") {
  struct Case {
    std::string name;
    std::vector<Step> steps;
    int code;
  };
  const std::vector<Case> cases{
      {"nothing to do", {run_started(0), run_finished()}, 0},
      {"all is done",
       {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {2, 1, 10, 1}), copied(0, "INBOX", 1, 10),
        done(0, "INBOX"), finished(0)},
       0},
      {"an account that began and never ended", {run_started(1), started(0)}, 111},
      {"accounts that never began", {run_started(2), started(0), finished(0)}, 111},
      {"one message refused",
       {run_started(1), started(0), planned(0, "INBOX", {1, 1, 10}), refused(0, "INBOX", 7), done(0, "INBOX"),
        finished(0)},
       114},
      {"a planned message that nobody heard of again",
       {run_started(1), started(0), planned(0, "INBOX", {2, 2, 10}), copied(0, "INBOX", 1, 5), done(0, "INBOX"),
        finished(0)},
       111},
      {"a planned mailbox that never ended",
       {run_started(1), started(0), planned(0, "INBOX", {2, 2, 10}), finished(0)},
       111},
      {"a mailbox that was never compared",
       {run_started(1), started(0), mapped(0, {"INBOX", "Sent"}), planned(0, "INBOX", {}), done(0, "INBOX"),
        finished(0)},
       111},
      {"a dry run plans and does nothing",
       {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {5, 5, 100}, true), finished(0)},
       0},
      {"mailboxes only", {run_started(1), started(0), mapped(0, {"INBOX"}), finished(0)}, 0},
      {"the most frequent error decides",
       {run_started(1), started(0), mailbox_failed(0, "A", Fault::select), mailbox_failed(0, "B", Fault::select),
        refused(0, "INBOX", 7), finished(0)},
       117},
      {"of equally frequent errors the first by name decides",
       {run_started(1), started(0), mailbox_failed(0, "A", Fault::select), mailbox_failed(0, "B", Fault::create),
        finished(0)},
       116},
      {"an account fails on one side",
       {run_started(1), started(0), failed(0, failure(Fault::closed, "x"), Side::destination)},
       102},
      {"a mailbox's lost connection is of the side that was tried again last",
       {run_started(1), started(0), retrying(0, Side::source), mailbox_failed(0, "A", Fault::closed), finished(0)},
       101},
      {"stopped by a signal", {run_started(1), started(0), stop_requested(), stopped(0)}, 6},
      {"stopped before all accounts began", {run_started(2), started(0), stop_requested(), finished(0)}, 6},
      {"stopped, however much failed before",
       {run_started(2), started(0), failed(0, failure(Fault::closed, "x"), Side::source), started(1), stop_requested(),
        stopped(1)},
       6},
      {"a signal that came when all was done changes nothing",
       {run_started(1), started(0), stop_requested(), finished(0)},
       0},
      {"an account that was cancelled counts as stopped",
       {run_started(1), started(0), failed(0, failure(Fault::cancelled, "x"))},
       6},
      {"an account that failed and then went well when it was tried again",
       {run_started(1), started(0), mapped(0, {"INBOX"}), mailbox_failed(0, "INBOX", Fault::select),
        failed(0, failure(Fault::closed, "x"), Side::source), started(0), mapped(0, {"INBOX"}),
        planned(0, "INBOX", {1, 0, 0, 1}), done(0, "INBOX"), finished(0)},
       0},
  };
  for (const Case& item : cases) {
    CAPTURE(item.name);
    RunTally tally;
    feed(tally, item.steps);
    CHECK(exit_code(tally) == item.code);
    CHECK(tally.is_complete() == (item.code == 0));
  }
}
