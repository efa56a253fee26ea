#include "feed.hpp"
#include "report/summary.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

namespace {

SummaryFacts facts(Task task = Task::copy, bool is_dry = false) {
  SummaryFacts out;
  out.task = task;
  out.is_dry = is_dry;
  out.elapsed = 100s;
  out.peak_memory = 24'536'678;
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("summary: one account, everything is there") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX", "Sent+"}, 1), happened(0, sync::MailboxCreated{"Sent"}),
               planned(0, "INBOX", {12'345, 12'000, 1'610'612'736, 300, 45}), copied(0, "INBOX", 12'000, 1'610'612'736),
               done(0, "INBOX"), planned(0, "Sent", {}), done(0, "Sent"), happened(0, sync::FlagsSet{"INBOX", 7}),
               finished(0), run_finished()});
  CHECK(summary(tally, facts()) == R"(Summary
  accounts        1 done
  mailboxes       2: 2 done, 1 created, 1 left out
  messages        12,345 on the source
  copied          12,000 (1.5 GiB)
  already there   300
  duplicates      45
  refused         0
  flags           of 7 messages brought in line
  time            1m 40s
  rate            120.0 messages/s, 15.4 MiB/s
  peak memory     23.4 MiB
Exiting with return value 0 (EX_OK: successful termination)
Result: everything is there
)");
}

TEST_CASE("summary: labels where there are some to be told") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {5, 0, 0, 5}),
               happened(0, sync::LabelsSet{"INBOX", 2}), done(0, "INBOX"), finished(0), run_finished()});
  CHECK(has(summary(tally, facts()), "  labels          of 2 messages set\n"));
  RunTally dry;
  sync::MailboxPlanned plan;
  plan.source = plan.destination = "INBOX";
  plan.source_messages = plan.already_there = 5;
  plan.labels_to_set = 3;
  plan.dry = true;
  feed(dry, {run_started(1), started(0), mapped(0, {"INBOX"}), happened(0, plan), happened(0, plan), done(0, "INBOX"),
             finished(0), run_finished()});
  CHECK(has(summary(dry, facts(Task::copy, true)), "  labels          of 3 messages would be set\n"));
}

TEST_CASE("summary: what is missing is named") {
  RunTally tally;
  feed(tally, {run_started(4), started(0), mapped(0, {"INBOX", "Sent", "Bin"}), planned(0, "INBOX", {5, 5, 5000}),
               copied(0, "INBOX", 3, 3000), refused(0, "INBOX", 17, 1000, Fault::append, "a\nb"), done(0, "INBOX"),
               mailbox_failed(0, "Sent", Fault::select), retrying(0, Side::source),
               happened(0, sync::MessageChanged{"INBOX", "INBOX", 1, "its date\x01"}), finished(0), started(1),
               failed(1, failure(Fault::authentication, "login refused", "NO"), Side::destination), started(2),
               stop_requested(), stopped(2), run_finished()});
  CHECK(summary(tally, facts()) == R"(Summary
  accounts        4: 1 done, 1 failed, 1 stopped, 1 not begun
    [bob] failed: destination: login refused (the server says: "NO")
    [carol] stopped
  mailboxes       3: 1 done, 1 failed, 1 not looked at
    [alice] Sent: it cannot be carried (the server says: "NO sorry")
  messages        5 on the source
  copied          3 (2.9 KiB)
  already there   0
  duplicates      0
  refused         1
    [alice] INBOX uid 17, 1000 B, "a\x0Ab": the destination refused it (the server says: "NO too big\x1B[2J")
  not copied      1
  changed         1
    1 x its date\x01
  flags           of 0 messages brought in line
  retries         1
  time            1m 40s
  rate            0.03 messages/s, 30 B/s
  peak memory     23.4 MiB
Exiting with return value 6 (EXIT_BY_SIGNAL)
Result: NOT complete: 1 account failed, 1 account stopped, 1 account not begun, 1 mailbox failed, 1 mailbox not looked at, 1 message refused, 1 message not copied
)");
}

TEST_CASE("summary: of long lists the rest is counted") {
  RunTally tally;
  feed(tally, {run_started(1), started(0)});
  for (imap::proto::Uid uid = 1; uid <= 1234; ++uid) feed(tally, refused(0, "INBOX", uid));
  for (int i = 0; i < 110; ++i) {
    feed(tally, happened(0, sync::MessageChanged{"INBOX", "INBOX", 1, "change " + std::to_string(i)}));
  }
  feed(tally, finished(0));
  const std::string text = summary(tally, facts());
  CHECK(has(text, "  refused         1,234\n"));
  CHECK(has(text, "INBOX uid 1000,"));
  CHECK_FALSE(has(text, "INBOX uid 1001,"));
  CHECK(has(text, "    and 234 more\n"));
  CHECK(has(text, "    and 10 more\n"));
  CHECK(has(text, "Exiting with return value 114 (EXIT_ERR_APPEND)\nResult: NOT complete: 1,234 messages refused\n"));
}

TEST_CASE("summary: a dry run says what would be, and does not claim that anything is there") {
  RunTally tally;
  feed(tally,
       {run_started(1), started(0), mapped(0, {"INBOX", "Sent+"}), planned(0, "INBOX", {10, 9, 9216, 1, 0, 1}, true),
        planned(0, "Sent", {}, true), done(0, "INBOX"), done(0, "Sent"), finished(0)});
  const std::string text = summary(tally, facts(Task::copy, true));
  CHECK(has(text, "  mailboxes       2: 2 done, 1 would be created\n"));
  CHECK(has(text, "  would be copied 9 (9.0 KiB)\n"));
  CHECK(has(text, "  flags           of 1 message would be brought in line\n"));
  CHECK(has(text, "Result: nothing was changed: this was a dry run\n"));
  CHECK_FALSE(has(text, "everything is there"));
}

TEST_CASE("summary: other tasks have verdicts of their own") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX", "Sent+"}), happened(0, sync::MailboxCreated{"Sent"}),
               finished(0)});
  CHECK(has(summary(tally, facts(Task::connect)), "Result: every server answers\n"));
  const std::string folders = summary(tally, facts(Task::folders));
  CHECK(has(folders, "  mailboxes       2: 1 created\n"));
  CHECK_FALSE(has(folders, "  messages "));
  CHECK(has(folders, "Result: every mailbox is there"));
}

TEST_CASE("summary: folder sizes are a table for each side") {
  RunTally tally(RunTally::Sizes::kept);
  feed(tally, {run_started(1), started(0),
               happened(0, sync::MailboxWeighed{Side::source, "INBOX", 12'345, 1'610'612'736, 1'048'576}),
               happened(0, sync::MailboxWeighed{Side::source, "Entwürfe", 1, 10, 10}),
               happened(0, sync::MailboxWeighed{Side::destination, "INBOX", 0, 0, 0}), finished(0)});
  CHECK(summary(tally, facts(Task::folder_sizes)) ==
        "  source                                      messages       bytes     biggest\n"
        "  INBOX                                         12,345     1.5 GiB     1.0 MiB\n"
        "  Entwürfe                                           1        10 B        10 B\n"
        "  2 mailboxes in all                            12,346     1.5 GiB     1.0 MiB\n"
        "  destination                                 messages       bytes     biggest\n"
        "  INBOX                                              0         0 B         0 B\n"
        "  1 mailbox in all                                   0         0 B         0 B\n"
        "\n"
        "Summary\n"
        "  accounts        1 done\n"
        "  time            1m 40s\n"
        "  peak memory     23.4 MiB\n"
        "Exiting with return value 0 (EX_OK: successful termination)\n"
        "Result: everything was counted\n");
}
