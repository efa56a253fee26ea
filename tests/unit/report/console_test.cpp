#include "feed.hpp"
#include "report/console.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

namespace {

class CapturedOutput : public Output {
 public:
  explicit CapturedOutput(bool is_terminal, std::size_t columns = 100) : is_terminal_(is_terminal), columns_(columns) {}
  void write(std::string_view text) override { text_ += text; }
  bool is_terminal() const override { return is_terminal_; }
  std::size_t width() const override { return columns_; }
  /// What was written since the last call, with ESC as "<E>".
  std::string take() {
    std::string out;
    for (const char c : text_) out += c == '\x1b' ? std::string("<E>") : std::string(1, c);
    text_.clear();
    return out;
  }

 private:
  bool is_terminal_;
  std::size_t columns_;
  std::string text_;
};

/// A tally and a console that are fed one after the other, as the program does.
struct Rig : run::Observer {
  Rig(bool is_terminal, ConsoleMode mode) : output(is_terminal), console(output, mode, tally) {}
  void on(const run::RunEvent& event, run::Clock::time_point now) override {
    tally.on(event, now);
    console.on(event, now);
  }
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) override {
    tally.on(account, event, now);
    console.on(account, event, now);
  }
  std::string after(const std::vector<Step>& steps, run::Clock::time_point now = time_zero) {
    feed(*this, steps, now);
    return output.take();
  }
  std::string ticked(std::chrono::milliseconds at) {
    console.tick(time_zero + at);
    return output.take();
  }

  RunTally tally;
  CapturedOutput output;
  Console console;
};

/// One account with something of everything.
std::vector<Step> eventful(std::size_t account) {
  return {
      started(account),
      connected(account, Side::source),
      connected(account, Side::destination),
      mapped(account, {"INBOX", "Sent+"}, 1),
      happened(account, sync::MailboxCreated{"Sent"}),
      planned(account, "INBOX", {1250, 1240, 2'000'000, 6, 4}),
      copied(account, "INBOX", 1239, 1'900'000),
      refused(account, "INBOX", 17, 12'900'000),
      done(account, "INBOX"),
      retrying(account, Side::destination, "Sent"),
      happened(account, sync::MessageChanged{"Sent", "Sent", 3, "keyword $Label1 is not permitted there"}),
      happened(account, sync::MessageChanged{"Sent", "Sent", 4, "keyword $Label1 is not permitted there"}),
      mailbox_failed(account, "Sent", Fault::select),
  };
}

}  // namespace

TEST_CASE("plain console: messages that a rule leaves out are told with their mailbox") {
  Rig rig(false, ConsoleMode::automatic);
  rig.after({run_started(1), started(0), mapped(0, {"INBOX"}, 0), planned(0, "INBOX", {2, 2, 2'000})});
  CHECK(rig.after({happened(0, sync::MessagesSkipped{"INBOX", "INBOX", 1, 1'000, "--skipmess /a/"}),
                   copied(0, "INBOX", 1, 1'000), done(0, "INBOX")}) == "INBOX: 1 copied (1000 B), 1 skipped\n");
}

TEST_CASE("console: names that were asked for are shown in every mode, and so is what goes amiss") {
  for (const ConsoleMode mode : {ConsoleMode::plain, ConsoleMode::none}) {
    Rig rig(false, mode);
    rig.after({run_started(1), started(0)});
    sync::MailboxesListed listed;
    listed.mailboxes = {{"INBOX", ""}, {"a\x1B", "subscribed, \\Sent"}};
    CHECK(rig.after({happened(0, listed)}) == "source: 2 mailboxes\n  INBOX\n  a\\x1B (subscribed, \\Sent)\n");
    sync::MailboxesMapped all;
    all.pairs = {{"a", "b", false}};
    all.is_the_end = true;
    CHECK(rig.after({happened(0, all)}) == "1 mailbox, 1 not on the destination yet\n  a -> b (new)\n");
    CHECK(rig.after({happened(0, sync::MailboxDeleted{Side::destination, "x", true})}) ==
          "destination: would delete x\n");
    CHECK(rig.after({happened(0, sync::DeletionFailed{Side::source, "x", core::Failure{Fault::create, "no", {}}})}) ==
          "x: not deleted: no\n");
    CHECK(rig.after({happened(0, sync::NotPossible{Side::source, "what"})}) == "warning: source: what\n");
  }
}

TEST_CASE("plain console: one account's lines have no prefix") {
  Rig rig(false, ConsoleMode::automatic);
  CHECK(rig.after({run_started(1)}) == "old.example -> new.example, 1 account\n");
  CHECK(rig.after(eventful(0)) ==
        "source: connected to old.example:993, TLSv1.3 TLS_AES_256_GCM_SHA384, Dovecot 2.3\n"
        "destination: connected to new.example:143, not encrypted\n"
        "2 mailboxes, 1 not on the destination yet, 1 left out\n"
        "  INBOX -> INBOX\n"
        "  Sent -> Sent (new)\n"
        "created Sent\n"
        "refused: INBOX uid 17, 12.3 MiB, \"Hello\": the destination refused it"
        " (the server says: \"NO too big\\x1B[2J\")\n"
        "INBOX: 1,239 copied (1.8 MiB), 6 already there, 4 duplicates, 1 refused\n"
        "retry 2 in 1.50 s: Sent: destination: the connection ended\n"
        "changed: Sent uid 3: keyword $Label1 is not permitted there (more of these are only counted)\n"
        "Sent: failed: it cannot be carried (the server says: \"NO sorry\")\n");
  CHECK(rig.after({finished(0), run_finished()}, time_zero + 90s) ==
        "done: 2 mailboxes, 1,239 messages copied (1.8 MiB), 1 mailbox failed, 1 message refused, 1m 30s\n");
}

TEST_CASE("plain console: with many accounts each line names its account") {
  Rig rig(true, ConsoleMode::plain);
  CHECK(rig.after({run_started(2), started(1), connected(1, Side::destination), mapped(1, {"INBOX"}), stop_requested(),
                   stopped(1), started(0),
                   failed(0, failure(Fault::authentication, "login refused", "NO \x07"), Side::source)}) ==
        "old.example -> new.example, 2 accounts\n"
        "[bob] started\n"
        "[bob] destination: connected to new.example:143, not encrypted\n"
        "[bob] 1 mailbox\n"
        "SIGINT: what is in flight is finished, nothing new begins\n"
        "[bob] stopped: 1 mailbox, 0 messages copied (0 B), 0.00 s\n"
        "[alice] started\n"
        "[alice] failed: source: login refused (the server says: \"NO \\x07\")\n");
}

TEST_CASE("plain console: another name on the destination is shown, and names are made printable") {
  Rig rig(false, ConsoleMode::plain);
  rig.after({run_started(1), started(0)});
  CHECK(rig.after({happened(0, sync::MailboxFailed{"Sent\n", "Gesendet", failure(Fault::create, "no")})}) ==
        "Sent\\x0A -> Gesendet: failed: no\n");
  CHECK(rig.after({happened(0, sync::MailboxCreated{"\x1b]0;x\x07"})}) == "created \\x1B]0;x\\x07\n");
}

TEST_CASE("plain console: a dry run says what would be") {
  Rig rig(false, ConsoleMode::plain);
  rig.after(
      {run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {1250, 1240, 2'000'000, 10, 0, 3}, true)});
  CHECK(rig.after({done(0, "INBOX"), finished(0)}) ==
        "INBOX: 1,240 would be copied (1.9 MiB), 10 already there, flags of 3 would be brought in line\n"
        "done: 1 mailbox, 1,240 messages would be copied (1.9 MiB), 0.00 s\n");
}

TEST_CASE("plain console: servers that are only asked who they are have no messages to tell of") {
  Rig rig(false, ConsoleMode::plain);
  rig.after({run_started(2), started(0), connected(0, Side::source)});
  CHECK(rig.after({finished(0)}, time_zero + 2s) == "[alice] done: 2.00 s\n");
}

TEST_CASE("plain console: a progress line every ten seconds in which something happened") {
  Rig rig(false, ConsoleMode::plain);
  rig.after({run_started(1), started(0), mapped(0, {"INBOX"}), planned(0, "INBOX", {2000, 2000, 2'048'000})});
  CHECK(rig.ticked(0s) == "");
  CHECK(rig.after({copied(0, "INBOX", 500, 512'000)}, time_zero + 5s) == "");
  CHECK(rig.ticked(9900ms) == "");
  CHECK(rig.ticked(10s) ==
        "progress: 500/2,000 messages (25%), 500.0 KiB/2.0 MiB, 50.0 messages/s, 50.0 KiB/s, ETA 30 s\n");
  CHECK(rig.ticked(20s) == "");
  rig.after({copied(0, "INBOX", 500, 512'000)}, time_zero + 21s);
  CHECK(rig.ticked(21s).find("progress: 1,000/2,000 messages (50%)") == 0);
  rig.after({run_finished()});
  CHECK(rig.ticked(60s) == "");
}

TEST_CASE("quiet console: problems only") {
  Rig rig(true, ConsoleMode::none);
  rig.after({run_started(1)});
  CHECK(rig.after(eventful(0)) == "refused: INBOX uid 17, 12.3 MiB, \"Hello\": the destination refused it"
                                  " (the server says: \"NO too big\\x1B[2J\")\n"
                                  "Sent: failed: it cannot be carried (the server says: \"NO sorry\")\n");
  CHECK(rig.ticked(60s) == "");
  CHECK(rig.after({finished(0), run_finished()}) == "");
}

TEST_CASE("console: a hint follows the failure that it is for, once for each side") {
  Rig rig(false, ConsoleMode::none);
  const auto untrusted = failure(Fault::certificate, "the certificate is not trusted");
  CHECK(rig.after({run_started(3), started(0), failed(0, untrusted, Side::source), started(1),
                   failed(1, untrusted, Side::source), started(2), failed(2, untrusted, Side::destination)}) ==
        "[alice] failed: source: the certificate is not trusted\n"
        "  to trust an authority: --sslargs1 SSL_ca_file=FILE; to accept any certificate: --sslargs1 "
        "SSL_verify_mode=0\n"
        "[bob] failed: source: the certificate is not trusted\n"
        "[carol] failed: destination: the certificate is not trusted\n"
        "  to trust an authority: --sslargs2 SSL_ca_file=FILE; to accept any certificate: --sslargs2 "
        "SSL_verify_mode=0\n");
}

TEST_CASE("live console: the display is drawn by ticks, in place, and only when it has changed") {
  Rig rig(true, ConsoleMode::automatic);
  CHECK(rig.after({run_started(1), started(0), connected(0, Side::source), connected(0, Side::destination),
                   mapped(0, {"INBOX"}), planned(0, "INBOX", {200, 200, 204'800})}) == "");
  CHECK(rig.ticked(0ms) ==
        "0/200 messages (0%), 0 B/200.0 KiB, 0 messages/s, 0 B/s<E>[K\n"
        "  alice  INBOX                                                 [....................]   0%    0/200<E>[K\n");
  CHECK(rig.ticked(100ms) == "");
  rig.after({copied(0, "INBOX", 50, 51'200)}, time_zero + 1s);
  CHECK(rig.ticked(150ms) == "");
  CHECK(rig.ticked(1s) ==
        "<E>[2A50/200 messages (25%), 50.0 KiB/200.0 KiB, 50.0 messages/s, 50.0 KiB/s<E>[K\n"
        "  alice  INBOX                                                 [#####...............]  25%   50/200<E>[K\n");
}

TEST_CASE("live console: a problem is printed above the display, which the next tick draws again") {
  Rig rig(true, ConsoleMode::live);
  rig.after({run_started(1), started(0)});
  const std::string frame = rig.ticked(0ms);
  CHECK(frame == "0/0 messages, 0 B/0 B, 0 messages/s, 0 B/s<E>[K\n  alice  connecting<E>[K\n");
  CHECK(rig.after({mailbox_failed(0, "A", Fault::select)}) ==
        "<E>[2A<E>[JA: failed: it cannot be carried (the server says: \"NO sorry\")\n");
  CHECK(rig.after({mailbox_failed(0, "B", Fault::select)}) ==
        "B: failed: it cannot be carried (the server says: \"NO sorry\")\n");
  CHECK(rig.ticked(200ms) == frame);
}

TEST_CASE("live console: rows that are no longer needed are erased, and the end takes the display away") {
  Rig rig(true, ConsoleMode::live);
  rig.after({run_started(2), started(0), started(1)});
  rig.ticked(0ms);
  CHECK(rig.after({finished(0)}) == "");
  CHECK(rig.ticked(100ms) == "<E>[3A1/2 accounts, 0/0 messages, 0 B/0 B, 0 messages/s, 0 B/s<E>[K\n"
                             "  bob  connecting<E>[K\n<E>[J");
  CHECK(rig.after({finished(1), run_finished()}) == "<E>[2A<E>[J");
  CHECK(rig.ticked(10s) == "");
}

TEST_CASE("live console: no more than ten draws a second, however often it is ticked") {
  Rig rig(true, ConsoleMode::live);
  rig.after({run_started(1), started(0), planned(0, "INBOX", {100'000, 100'000, 100'000})});
  int draws = 0;
  for (int i = 0; i < 1000; ++i) {
    rig.after({copied(0, "INBOX", 1, 1)});
    if (!rig.ticked(std::chrono::milliseconds(i)).empty()) ++draws;
  }
  CHECK(draws == 10);
}
