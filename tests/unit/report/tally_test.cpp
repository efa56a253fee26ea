#include "feed.hpp"
#include "report/tally.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

namespace {

/// Every source message must be in exactly one of these.
std::uint64_t accounted_for(const Counts& counts) {
  return counts.copied + counts.already_there + counts.duplicates + counts.refused + counts.left + counts.abandoned +
         counts.unaccounted;
}

void check_balance(const RunTally& tally) {
  CHECK(accounted_for(tally.totals()) == tally.totals().source_messages);
  std::uint64_t copied = 0;
  std::uint64_t left = 0;
  for (const AccountTally& account : tally.accounts()) {
    CHECK(accounted_for(account.counts) == account.counts.source_messages);
    copied += account.counts.copied;
    left += account.counts.left;
  }
  CHECK(tally.totals().copied == copied);
  CHECK(tally.totals().left == left);
}

}  // namespace

TEST_CASE("tally: accounts move from waiting to their end") {
  RunTally tally;
  const auto states = [&] {
    std::vector<std::size_t> out;
    for (const AccountState state : {AccountState::waiting, AccountState::in_work, AccountState::done,
                                     AccountState::failed, AccountState::stopped}) {
      out.push_back(tally.accounts_in(state));
    }
    return out;
  };
  feed(tally, run_started(4));
  CHECK(states() == std::vector<std::size_t>{4, 0, 0, 0, 0});
  feed(tally, {started(0), started(1), started(3)});
  CHECK(states() == std::vector<std::size_t>{1, 3, 0, 0, 0});
  CHECK(tally.in_work() == std::set<std::size_t>{0, 1, 3});
  feed(tally, {finished(0), failed(1, failure(Fault::connect, "no route"), Side::source), stopped(3)});
  CHECK(states() == std::vector<std::size_t>{1, 0, 1, 1, 1});
  CHECK(tally.in_work().empty());
  CHECK(tally.accounts()[1].name == "bob");
  REQUIRE(tally.accounts()[1].failure);
  CHECK(tally.accounts()[1].failure->message == "no route");
  CHECK(tally.accounts()[1].side == Side::source);
  CHECK_FALSE(tally.accounts()[0].live);
}

TEST_CASE("tally: counts of a mailbox follow its events, and every message is somewhere at each step") {
  RunTally tally;
  const std::vector<Step> steps{
      run_started(1),
      started(0),
      mapped(0, {"INBOX", "Sent+"}, 3),
      happened(0, sync::MailboxCreated{"Sent"}),
      planned(0, "INBOX", {10, 6, 6000, 3, 1}),
      copied(0, "INBOX", 2, 2000),
      refused(0, "INBOX", 5),
      happened(0, sync::DuplicatesSkipped{"INBOX", 1}),
      copied(0, "INBOX", 2, 2000),
      done(0, "INBOX"),
      planned(0, "Sent", {}),
      done(0, "Sent"),
      happened(0, sync::FlagsSet{"INBOX", 3}),
      happened(0, sync::LabelsSet{"INBOX", 2}),
      happened(0, sync::MessageChanged{"INBOX", "INBOX", 2, "a date"}),
      finished(0),
  };
  for (const Step& step : steps) {
    feed(tally, step);
    check_balance(tally);
  }
  const Counts& sums = tally.totals();
  CHECK(sums.mailboxes == 2);
  CHECK(sums.mailboxes_missing == 1);
  CHECK(sums.mailboxes_left_out == 3);
  CHECK(sums.mailboxes_created == 1);
  CHECK(sums.mailboxes_done == 2);
  CHECK(sums.copied == 4);
  CHECK(sums.bytes_copied == 4000);
  CHECK(sums.already_there == 3);
  CHECK(sums.duplicates == 2);
  CHECK(sums.refused == 1);
  CHECK(sums.left == 0);
  CHECK(sums.bytes_left == 0);
  CHECK(sums.flags_set == 3);
  CHECK(sums.labels_set == 2);
  CHECK(sums.changed == 1);
  CHECK(tally.changes().at("a date") == 1);
  CHECK_FALSE(tally.is_complete());
}

TEST_CASE("tally: messages that a rule leaves out are counted with it, and nothing is missing because of them") {
  RunTally tally;
  const std::vector<Step> steps{
      run_started(1),
      started(0),
      planned(0, "INBOX", {10, 10, 10'000}),
      happened(0, sync::MessagesSkipped{"INBOX", "INBOX", 1, 100, "--skipmess /a/"}),
      happened(0, sync::MessagesSkipped{"INBOX", "INBOX", 2, 200, "--skipmess /a/"}),
      happened(0, sync::MessagesSkipped{"INBOX", "INBOX", 1, 50, "--maxlinelength 5"}),
      copied(0, "INBOX", 6, 9'650),
      done(0, "INBOX"),
      finished(0),
  };
  feed(tally, steps);
  CHECK(tally.totals().skipped == 4);
  CHECK(tally.totals().bytes_skipped == 350);
  CHECK(tally.totals().left == 0);
  CHECK(tally.totals().unaccounted == 0);
  CHECK(tally.skips().at("--skipmess /a/") == 3);
  CHECK(tally.skips().at("--maxlinelength 5") == 1);
  CHECK(tally.is_complete());
  CHECK(exit_code(tally) == 0);
}

TEST_CASE("tally: duplicates that show while copying take their share of the bytes with them") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), planned(0, "INBOX", {10, 10, 10'000}),
               happened(0, sync::DuplicatesSkipped{"INBOX", 4})});
  CHECK(tally.totals().left == 6);
  CHECK(tally.totals().bytes_left == 6'000);
}

TEST_CASE("tally: a second plan of a mailbox replaces what was left, and what we copied is not also already there") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {100, 60, 60'000, 40}),
               copied(0, "INBOX", 30, 30'000), retrying(0, Side::destination)});
  check_balance(tally);
  CHECK(tally.totals().left == 30);

  // Five had arrived and were never confirmed.
  feed(tally, planned(0, "INBOX", {100, 25, 25'000, 75}));
  check_balance(tally);
  CHECK(tally.totals().source_messages == 100);
  CHECK(tally.totals().already_there == 45);
  CHECK(tally.totals().copied == 30);
  CHECK(tally.totals().left == 25);
  CHECK(tally.totals().bytes_left == 25'000);
  CHECK(tally.accounts()[0].live->mailboxes.at("INBOX").found() == 45);

  feed(tally, {copied(0, "INBOX", 10, 10'000), planned(0, "INBOX", {101, 16, 16'000, 85})});
  check_balance(tally);
  feed(tally, {copied(0, "INBOX", 16, 16'000), done(0, "INBOX"), finished(0)});
  check_balance(tally);
  CHECK(tally.totals().copied == 56);
  CHECK(tally.totals().already_there == 45);
  CHECK(tally.totals().retries == 1);
  CHECK(tally.totals().mailboxes_settled == 1);
  CHECK(tally.is_complete());
}

TEST_CASE("tally: a mailbox that is planned again after it was done counts once") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"A"}), planned(0, "A", {2, 2, 20}), copied(0, "A", 1, 10),
               done(0, "A")});
  check_balance(tally);
  CHECK(tally.totals().unaccounted == 1);
  CHECK(tally.totals().mailboxes_done == 1);

  feed(tally, {planned(0, "A", {2, 1, 10, 1}), copied(0, "A", 1, 10), done(0, "A"), finished(0)});
  check_balance(tally);
  CHECK(tally.totals().mailboxes_done == 1);
  CHECK(tally.totals().mailboxes_settled == 1);
  CHECK(tally.totals().source_messages == 2);
  CHECK(tally.totals().copied == 2);
  CHECK(tally.totals().already_there == 0);
  CHECK(tally.is_complete());
}

TEST_CASE("tally: a failure of a mailbox stays, whatever is done there afterwards") {
  struct Case {
    std::string name;
    std::vector<Step> steps;
    std::uint64_t abandoned;
  };
  const Step failure_told = mailbox_failed(0, "A", Fault::fetch);
  const Step plan = planned(0, "A", {5, 5, 50});
  const std::vector<Case> cases{
      {"before the plan", {failure_told, plan, copied(0, "A", 5, 50), done(0, "A")}, 0},
      {"in the midst of copying", {plan, copied(0, "A", 3, 30), failure_told, copied(0, "A", 2, 20), done(0, "A")}, 0},
      {"after the last message", {plan, copied(0, "A", 5, 50), failure_told, done(0, "A")}, 0},
      {"before a second plan",
       {plan, copied(0, "A", 3, 30), failure_told, planned(0, "A", {5, 2, 20, 3}), copied(0, "A", 2, 20), done(0, "A")},
       0},
      {"at its end", {plan, copied(0, "A", 3, 30), failure_told}, 2},
      {"and it says that it is done", {plan, copied(0, "A", 3, 30), failure_told, done(0, "A")}, 2},
  };
  for (const Case& item : cases) {
    CAPTURE(item.name);
    RunTally tally;
    feed(tally, {run_started(1), started(0), mapped(0, {"A"})});
    for (const Step& step : item.steps) {
      feed(tally, step);
      check_balance(tally);
    }
    feed(tally, finished(0));
    check_balance(tally);
    CHECK(tally.totals().mailboxes_failed == 1);
    CHECK(tally.totals().mailboxes_done == 0);
    CHECK(tally.totals().mailboxes_settled == 1);
    CHECK(tally.totals().mailboxes_missed == 0);
    CHECK(tally.totals().abandoned == item.abandoned);
    CHECK(tally.totals().left == 0);
    CHECK(tally.failed_mailboxes().size() == 1);
    CHECK(exit_code(tally) == 115);
  }
}

TEST_CASE("tally: a mailbox with several failures is one failed mailbox, and each failure is listed") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"A"}), planned(0, "A", {}), mailbox_failed(0, "A", Fault::flags),
               mailbox_failed(0, "A", Fault::flags), mailbox_failed(0, "A", Fault::select), done(0, "A"), finished(0)});
  CHECK(tally.totals().mailboxes_failed == 1);
  CHECK(tally.totals().mailbox_failures == 3);
  CHECK(tally.failed_mailboxes().size() == 3);
  CHECK(exit_code(tally) == 120);
}

TEST_CASE("tally: a mailbox that failed outside of the map hides no mailbox that was never looked at") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"A", "B"}), mailbox_failed(0, "Bad\\Name", Fault::create),
               planned(0, "A", {}), done(0, "A"), finished(0)});
  CHECK(tally.totals().mailboxes == 3);
  CHECK(tally.totals().mailboxes_missed == 1);
}

TEST_CASE("tally: where nothing is compared, mailboxes that went well are not missed") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"A", "B+"}), mailbox_failed(0, "B", Fault::create), finished(0)});
  CHECK(tally.totals().mailboxes_missed == 0);
  CHECK(tally.totals().mailboxes_failed == 1);
}

TEST_CASE("tally: an account that is tried again from its start keeps what it copied and finds the rest anew") {
  RunTally tally;
  feed(tally, {run_started(2), started(0), mapped(0, {"A", "B"}), planned(0, "A", {10, 10, 100}),
               copied(0, "A", 10, 100), done(0, "A"), planned(0, "B", {10, 10, 100}), copied(0, "B", 4, 40),
               failed(0, failure(Fault::closed, "x"), Side::source)});
  check_balance(tally);
  CHECK(tally.totals().abandoned == 6);

  feed(tally, {started(0), mapped(0, {"A", "B"}), planned(0, "A", {10, 0, 0, 10}), done(0, "A"),
               planned(0, "B", {10, 6, 60, 4}), copied(0, "B", 6, 60), done(0, "B"), finished(0)});
  check_balance(tally);
  CHECK(tally.totals().copied == 20);
  CHECK(tally.totals().already_there == 0);
  CHECK(tally.totals().abandoned == 0);
  CHECK(tally.totals().mailboxes == 2);
  CHECK(tally.accounts_in(AccountState::done) == 1);
  CHECK_FALSE(most_frequent(tally.errors()));
}

TEST_CASE("tally: a message that is refused once more is not counted once more") {
  RunTally tally;
  feed(tally,
       {run_started(2), started(0), started(1), planned(0, "INBOX", {1, 1, 1000}), refused(0, "INBOX", 7),
        planned(0, "INBOX", {1, 1, 1000}), refused(0, "INBOX", 7), refused(0, "Sent", 7), refused(1, "INBOX", 7)});
  CHECK(tally.totals().refused == 3);
  CHECK(tally.refused().size() == 3);
  CHECK(tally.totals().left == 0);
}

TEST_CASE("tally: lists are bounded, counts are not") {
  RunTally tally;
  feed(tally, {run_started(1), started(0)});
  const std::string huge(100'000, 'x');
  for (imap::proto::Uid uid = 1; uid <= 1200; ++uid) {
    sync::MessageRefused event{"INBOX", "INBOX", uid, 1, huge, failure(Fault::append, huge, huge)};
    feed(tally, happened(0, event));
    feed(tally, mailbox_failed(0, "M" + std::to_string(uid), Fault::select));
    feed(tally, happened(0, sync::MessageChanged{"INBOX", "INBOX", uid, "change " + std::to_string(uid)}));
  }
  CHECK(tally.totals().refused == 1200);
  REQUIRE(tally.refused().size() == RunTally::list_limit);
  CHECK(tally.refused().back().message.subject.size() <= 500);
  CHECK(tally.refused().back().message.failure.server_text.size() <= 500);
  CHECK(tally.totals().mailboxes_failed == 1200);
  CHECK(tally.failed_mailboxes().size() == RunTally::list_limit);
  CHECK(tally.totals().changed == 1200);
  CHECK(tally.changes().size() == RunTally::change_limit);
}

TEST_CASE("tally: a dry plan leaves nothing to be done, and a second one replaces the first") {
  RunTally tally;
  feed(tally, {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {9, 7, 700, 2, 0, 4}, true),
               planned(0, "INBOX", {9, 6, 600, 3, 0, 5}, true), done(0, "INBOX"), finished(0)});
  CHECK(tally.totals().would_copy == 6);
  CHECK(tally.totals().bytes_would_copy == 600);
  CHECK(tally.totals().would_set_flags == 5);
  CHECK(tally.totals().left == 0);
  CHECK(tally.totals().already_there == 3);
  CHECK(tally.is_complete());
}

TEST_CASE("tally: sizes are kept only when asked for, and a mailbox weighed twice counts once") {
  const std::vector<Step> steps{
      run_started(1),
      started(0),
      happened(0, sync::MailboxWeighed{Side::source, "INBOX", 3, 300, 200}),
      happened(0, sync::MailboxWeighed{Side::destination, "INBOX", 1, 50, 50}),
      happened(0, sync::MailboxWeighed{Side::source, "Sent", 1, 1000, 1000}),
      happened(0, sync::MailboxWeighed{Side::source, "INBOX", 4, 400, 200}),
  };
  RunTally without;
  feed(without, steps);
  CHECK(without.accounts()[0].sizes.empty());

  RunTally with(RunTally::Sizes::kept);
  feed(with, steps);
  CHECK(with.accounts()[0].sizes.size() == 3);
  CHECK(with.accounts()[0].size_sums[0].messages == 5);
  CHECK(with.accounts()[0].size_sums[0].bytes == 1400);
  CHECK(with.accounts()[0].size_sums[0].biggest == 1000);
  CHECK(with.accounts()[0].size_sums[1].messages == 1);
}

TEST_CASE("tally: a mailbox that could not be deleted makes a run incomplete") {
  RunTally tally;
  feed(tally,
       {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {}), done(0, "INBOX"),
        happened(0, sync::MailboxDeleted{Side::destination, "a", false}),
        happened(0, sync::MailboxDeleted{Side::destination, "b", true}), happened(0, sync::RightsSet{"INBOX", 3})});
  CHECK(tally.totals().mailboxes_deleted == 1);
  CHECK(tally.totals().would_delete_mailboxes == 1);
  CHECK(tally.totals().rights_set == 3);
  feed(tally, {happened(0, sync::DeletionFailed{Side::destination, "c", core::Failure{Fault::create, "no", {}}}),
               finished(0)});
  CHECK(tally.totals().deletions_failed == 1);
  CHECK(tally.totals().mailboxes_failed == 0);
  CHECK_FALSE(tally.is_complete());
  CHECK(exit_code(tally) == 116);
  REQUIRE(tally.failed_mailboxes().size() == 1);
  CHECK(tally.failed_mailboxes()[0].mailbox.source == "c");
}

TEST_CASE("tally: events that come out of order break nothing") {
  RunTally tally;
  feed(tally, {happened(2, sync::MessagesCopied{"INBOX", "INBOX", 5, 50}), done(2, "INBOX"), done(2, "INBOX"),
               finished(2), copied(2, "INBOX", 1, 10), mailbox_failed(2, "INBOX", Fault::fetch), finished(1)});
  CHECK(tally.accounts().size() == 3);
  CHECK(tally.totals().copied == 6);
  CHECK(tally.totals().left == 0);
}
