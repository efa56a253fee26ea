#include "feed.hpp"
#include "report/statistics.hpp"
#include "report/transcript.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

namespace {

Step planned_fully(const std::string& name, std::uint64_t source, std::uint64_t there, std::uint64_t to_copy) {
  sync::MailboxPlanned event;
  event.source = event.destination = name;
  event.source_messages = source;
  event.destination_messages = there;
  event.to_copy = to_copy;
  event.bytes_to_copy = to_copy * 100;
  event.already_there = source - to_copy;
  event.destination_only = there - event.already_there;
  event.source_weight = {source * 100, 100};
  event.destination_weight = {there * 100, 100};
  event.bytes_already_there = event.already_there * 100;
  return happened(0, event);
}

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line) != std::string::npos;
}

std::string row(const std::string& label, const std::string& value) {
  return label + std::string(40 - label.size(), ' ') + ": " + value + "\n";
}

void tell_transcript(Transcript& transcript, const Step& step, run::Clock::time_point now) {
  if (step.is_run) {
    transcript.on(step.run_event, now);
  } else {
    transcript.on(run::AccountRef{step.number, account_name(step.number)}, step.account_event, now);
  }
}

StatisticsFacts some_facts() {
  StatisticsFacts facts;
  facts.ended = facts.started + 10s;
  facts.cpu_seconds = 1;
  facts.cores = 2;
  facts.memory_at_end = 10'000;
  facts.load = "0.1 0.2 0.3 1/2";
  facts.errors_max = 50;
  facts.process = 4711;
  return facts;
}

}  // namespace

TEST_CASE("statistics: a copy beside messages that only the destination has") {
  RunTally tally(RunTally::Sizes::dropped, RunTally::Results::kept);
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned_fully("INBOX", 10, 5, 7)});
  feed(tally, {copied(0, "INBOX", 7, 700), done(0, "INBOX"), finished(0), run_finished()});
  const std::string text = statistics(tally, some_facts());
  CHECK(has(text, row("Transfer time", "10.0 sec")));
  CHECK(has(text, row("Folders synced", "1/1 synced")));
  CHECK(has(text, row("Messages transferred", "7 ")));
  CHECK(has(text, row("Messages skipped", "3")));
  CHECK(has(text, row("Total bytes skipped", "300 (0.293 KiB)")));
  CHECK(has(text, row("Message rate", "0.7 messages/s")));
  CHECK(has(text, row("CPU time and %cpu", "1.00 sec 10.0 %cpu 5.0 %allcpus")));
  CHECK(has(text, row("Start difference host2 - host1", "-5 messages, -500 bytes (-0.488 KiB)")));
  CHECK(has(text, row("Final difference host2 - host1", "2 messages, 200 bytes (0.195 KiB)")));
  CHECK(has(text, "The sync looks good, all 10 identified messages in host1 are on host2.\n"));
  CHECK(has(text, "The sync is not strict, there are 2 among 12 identified messages in host2 that are not on host1."));
  CHECK(text.ends_with("\nDetected 0 errors\n"));
  CHECK(exit_line(tally, some_facts()) ==
        "Exiting with return value 0 (EX_OK: successful termination) 0/50 nb_errors/max_errors PID 4711\n");
  CHECK(has(
      folder_sizes(tally.accounts()[0].results, SizesWhen::after),
      "Host2 folder     1/1 [INBOX]                             Size:      1200 Messages:    12 Biggest:       100\n"));
}

TEST_CASE("statistics: a mailbox that is looked at again after a lost connection counts once") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned_fully("INBOX", 10, 0, 10)});
  feed(tally, {copied(0, "INBOX", 4, 400), retrying(0, Side::source), happened(0, sync::Reconnected{Side::source}),
               planned_fully("INBOX", 10, 4, 6), copied(0, "INBOX", 6, 600), done(0, "INBOX"), finished(0)});
  const std::string text = statistics(tally, some_facts());
  CHECK(has(text, row("Messages transferred", "10 ")));
  CHECK(has(text, row("Messages skipped", "0")));
  CHECK(has(text, row("Total bytes skipped", "0 (0.000 KiB)")));
  CHECK(has(text, row("Reconnections to host1", "1")));
  CHECK(has(text, row("Reconnections to host2", "0")));
  CHECK(has(text, row("Start difference host2 - host1", "-10 messages, -1000 bytes (-0.977 KiB)")));
  CHECK(has(text, row("Final difference host2 - host1", "0 messages, 0 bytes (0.000 KiB)")));
}

TEST_CASE("statistics: what is missing, not looked at or not known is said") {
  RunTally tally(RunTally::Sizes::dropped, RunTally::Results::kept);
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX", "B"}), planned(0, "INBOX", {.source = 3, .to_copy = 3}),
               refused(0, "INBOX", 1), copied(0, "INBOX", 2, 10), done(0, "INBOX"),
               mailbox_failed(0, "B", Fault::select), finished(0)});
  const std::string text = statistics(tally, some_facts());
  CHECK(has(text, "The sync is not finished, there are 1 among 3 identified messages in host1 that are not on host2. "
                  "1 folders were not"));
  CHECK(has(text, row("Start difference host2 - host1", "-3 messages, NA bytes (NA)")));
  CHECK(has(text, "Detected 2 errors\n"));
  CHECK(has(
      folder_sizes(tally.accounts()[0].results, SizesWhen::before),
      "Host1 folder     2/2 [INBOX]                             Size:        NA Messages:     3 Biggest:        NA\n"));
}

TEST_CASE("exit code: limits and the abort file") {
  const auto end = [](std::optional<run::Limit> limit, bool by_file) {
    RunTally tally;
    feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned_fully("INBOX", 10, 0, 10),
                 refused(0, "INBOX", 1, 100, Fault::fetch)});
    if (!limit) feed(tally, Step(run::RunEvent(run::StopRequested{"x", by_file})));
    feed(tally, {Step(0, run::AccountFinished{{}, {}, true, limit}), run_finished()});
    return exit_code(tally);
  };
  CHECK(end(run::Limit::errors, false) == 115);
  CHECK(end(run::Limit::transfer, false) == 118);
  CHECK(end(std::nullopt, true) == 7);
  CHECK(end(std::nullopt, false) == 6);
}

TEST_CASE("the last line names the signal by which the process dies, where one has cut the run short") {
  const auto last = [](std::uint64_t copied_before, bool was_stopped, bool by_file) {
    RunTally tally;
    feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned_fully("INBOX", 10, copied_before, 0),
                 Step(run::RunEvent(run::StopRequested{by_file ? "--abortbyfile" : "SIGTERM", by_file})),
                 Step(0, run::AccountFinished{{}, {}, was_stopped, {}}), run_finished()});
    return signal_line(tally);
  };
  CHECK(last(0, true, false) == "Killing myself with signal TERM\n");
  CHECK(last(0, true, true).empty());
  CHECK(last(10, false, false).empty());
}

TEST_CASE("which messages are worked on is told before the first folder, with the date that ages count from") {
  RunTally tally;
  std::string lines;
  Transcript transcript(tally, AccountNames{"a", "u", "b", "v"}, [&](std::string_view more) { lines += more; });
  const sync::MessagesSelected search{sync::Side::source, "FROM ann SENTSINCE 1-Nov-2026", true, {}};
  const sync::MessagesSelected both{sync::Side::destination, "FROM\nann", false, "since 13-Nov-2026 12:00:00 +0000"};
  for (const Step& step : {run_started(1), started(0), mapped(0, {"INBOX"}), happened(0, search), happened(0, both)}) {
    feed(tally, step);
    tell_transcript(transcript, step, time_zero);
  }
  CHECK(lines ==
        "Host1: only messages found by SEARCH FROM ann SENTSINCE 1-Nov-2026 (ages by the Date header, days in "
        "UTC)\nHost2: only messages found by SEARCH FROM\\x0Aann, that arrived since 13-Nov-2026 12:00:00 +0000 "
        "(ages by INTERNALDATE)\n");
}

TEST_CASE("transcript: what a resync has to do decides when it ends") {
  RunTally tally;
  std::string lines;
  Transcript transcript(tally, AccountNames{"a", "u", "b", "v"}, [&](std::string_view more) { lines += more; });
  const auto tell = [&](const Step& step, run::Clock::time_point now) {
    feed(tally, step, now);
    tell_transcript(transcript, step, now);
  };
  tell(run_started(1), time_zero);
  tell(started(0), time_zero);
  tell(mapped(0, {"INBOX"}), time_zero);
  tell(planned_fully("INBOX", 1000, 990, 10), time_zero);
  sync::MessagesCopied event{"INBOX", "INBOX", 2, 300, 200, {{7, 70, 100}, {8, 0, 200}}};
  tell(happened(0, event), time_zero + 4s);
  CHECK(lines.find("++++ Looping on each one of 1 folders to sync\n"
                   "Folder     1/1 [INBOX]                             -> [INBOX]                            \n") == 0);
  CHECK(
      has(lines,
          "msg INBOX/7 {100}             copied to INBOX/70         0.25 msgs/s  0.024 KiB/s 0.098 KiB copied ETA: "));
  CHECK(
      has(lines,
          "msg INBOX/8 {200}             copied to INBOX/?          0.50 msgs/s  0.073 KiB/s 0.293 KiB copied ETA: "));
  // 8 are left and each took 2 seconds; the 990 that were there took none.
  CHECK(lines.find("  16 s  8/10 msgs left\n") != std::string::npos);
  tell(refused(0, "INBOX", 9), time_zero + 5s);
  CHECK(transcript.error_list().find("++++ Listing 1 errors encountered") == 0);
  CHECK(
      has(transcript.error_list(), "Err 1/1: - msg INBOX/9 {1000} could not append ( Subject:[Hello], Size:[1000] )"));
}
