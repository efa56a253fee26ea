#include "script/dialogue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using imap::proto::Command;
using imap::proto::CommandKind;
using imap::proto::CommandResult;
using imap::proto::LiteralStyle;
using script::Dialogue;
using script::Exchange;
using script::play_every_way;
using Outcome = CommandResult::Outcome;

namespace {

Command noop() { return Command(CommandKind::noop, "NOOP"); }

constexpr auto waiting = LiteralStyle::synchronising;
constexpr auto at_once = LiteralStyle::non_synchronising;

/// What a hostile mail looks like.
constexpr std::string_view hostile = "A9 DELETE INBOX\r\n";

bool is_dropped_for(const Dialogue& d, std::string_view words) {
  return d.is_dropped() && d.drop_reason().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("engine: BAD to an APPEND whose literal follows at once: dropped, and every other command is lost") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& before = d.submit(noop());
    const std::string_view message = d.lend(hostile);
    Command command(CommandKind::append, "APPEND INBOX (\\Odd) ");
    command.literal(message, at_once);
    const Exchange& append = d.submit(std::move(command));
    const Exchange& behind = d.submit(noop());
    d.client("A1 NOOP\r\nA2 APPEND INBOX (\\Odd) {17+}\r\nA9 DELETE INBOX\r\n\r\nA3 NOOP\r\n");
    const Exchange& not_sent = d.submit(noop());
    d.server("A2 BAD invalid flag\r\n");
    CHECK(is_dropped_for(d, "APPEND was answered with BAD"));
    CHECK(is_dropped_for(d, "invalid flag"));
    CHECK(append.is(Outcome::bad));
    CHECK(before.is(Outcome::lost));
    CHECK(behind.is(Outcome::lost));
    CHECK(not_sent.is(Outcome::lost));
  });
}

TEST_CASE("engine: BAD to an APPEND that is just being written: dropped") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend(hostile);
    Command command(CommandKind::append, "APPEND INBOX (\\Odd) ");
    command.literal(message, at_once);
    const Exchange& append = d.submit(std::move(command));
    d.submit(noop());
    d.client_begins("A1 APPEND INBOX (\\Odd) {17+}\r\nA9 DELETE INBOX\r\n\r\nA2 NOOP\r\n");
    d.server("A1 BAD invalid flag\r\n");
    CHECK(d.is_dropped());
    CHECK(append.is(Outcome::bad));
    d.written();
    d.client("");
  });
}

TEST_CASE("engine: BAD instead of the server's word: dropped, and the literal is never sent") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend(hostile);
    Command command(CommandKind::append, "APPEND INBOX (\\Odd) ");
    command.literal(message, waiting);
    const Exchange& append = d.submit(std::move(command));
    const Exchange& behind = d.submit(noop());
    d.client("A1 APPEND INBOX (\\Odd) {17}\r\n");
    d.server("A1 BAD invalid flag\r\n+ go ahead\r\n");
    CHECK(d.is_dropped());
    CHECK(append.is(Outcome::bad));
    CHECK(behind.is(Outcome::lost));
    d.client("");
  });
}

TEST_CASE("engine: BAD to a MULTIAPPEND at its second literal, of either kind: dropped") {
  for (const LiteralStyle style : {waiting, at_once}) {
    play_every_way([style](Dialogue& d) {
      d.server("* OK ready\r\n");
      const std::string_view first = d.lend("one");
      const std::string_view second = d.lend(hostile);
      Command command(CommandKind::append, "APPEND INBOX () ");
      command.literal(first, waiting).raw(" (odd) ").literal(second, style);
      const Exchange& batch = d.submit(std::move(command));
      d.submit(noop());
      d.client("A1 APPEND INBOX () {3}\r\n");
      d.server("+ go ahead\r\n");
      d.client(style == waiting ? "one (odd) {17}\r\n" : "one (odd) {17+}\r\nA9 DELETE INBOX\r\n\r\nA2 NOOP\r\n");
      d.server("A1 BAD odd\r\n");
      CHECK(d.is_dropped());
      CHECK(batch.is(Outcome::bad));
    });
  }
}

TEST_CASE("engine: BAD in the middle of a streamed literal of either kind: dropped, and the rest is never sent") {
  for (const LiteralStyle style : {waiting, at_once}) {
    play_every_way([style](Dialogue& d) {
      d.server("* OK ready\r\n");
      Command command(CommandKind::append, "APPEND INBOX () ");
      command.streamed_literal(6, style);
      const Exchange& append = d.submit(std::move(command));
      d.submit(noop());
      if (style == waiting) {
        d.client("A1 APPEND INBOX () {6}\r\n");
        d.server("+ go ahead\r\n");
      } else {
        d.client("A1 APPEND INBOX () {6+}\r\n");
      }
      d.offer(append, "abc");
      d.client("abc");
      d.offer(append, "def");
      d.server("A1 BAD no\r\n");
      CHECK(d.is_dropped());
      CHECK(append.is(Outcome::bad));
      d.client("");
    });
  }
}

TEST_CASE("engine: BAD to anything else drops nothing") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(noop());
    d.client("A1 NOOP\r\n");
    d.server("A1 BAD what\r\n");
    CHECK(command.is(Outcome::bad));
    CHECK(!d.is_dropped());
    d.submit(noop());
    d.client("A2 NOOP\r\n");
  });
}

TEST_CASE("engine: OK before all was sent is no success") {
  SUBCASE("in the middle of a streamed literal") {
    play_every_way([](Dialogue& d) {
      d.server("* OK ready\r\n");
      Command command(CommandKind::append, "APPEND INBOX () ");
      command.streamed_literal(6, at_once);
      const Exchange& append = d.submit(std::move(command));
      d.client("A1 APPEND INBOX () {6+}\r\n");
      d.offer(append, "abc");
      d.client("abc");
      d.server("A1 OK done\r\n");
      CHECK(is_dropped_for(d, "OK before all of it was sent"));
      CHECK(append.is(Outcome::lost));
    });
  }
  SUBCASE("instead of the server's word") {
    play_every_way([](Dialogue& d) {
      d.server("* OK ready\r\n");
      const std::string_view message = d.lend("hello");
      Command command(CommandKind::append, "APPEND INBOX () ");
      command.literal(message, waiting);
      const Exchange& append = d.submit(std::move(command));
      d.client("A1 APPEND INBOX () {5}\r\n");
      d.server("A1 OK done\r\n");
      CHECK(is_dropped_for(d, "OK before all of it was sent"));
      CHECK(append.is(Outcome::lost));
    });
  }
}

TEST_CASE("engine: answers to nothing end the connection") {
  struct Case {
    std::string_view name;
    std::string_view server;
    std::string_view reason;
  };
  const Case cases[] = {
      {"unknown tag", "A7 OK done\r\n", "\"A7\" answers no command of ours"},
      {"a tag that is not ours", "Received: BAD unknown command\r\n", "\"Received:\" answers no command of ours"},
      {"a second answer", "A1 OK done\r\nA1 OK done\r\n", "\"A1\" answers no command of ours"},
      {"a command that was not sent yet", "A2 OK done\r\n", "\"A2\" answers no command of ours"},
      {"a word that nothing waits for", "+ go ahead\r\n", "a continuation request came that nothing waited for"},
      {"what is no IMAP", "HTTP/1.1 400 Bad Request\r\n", ""},
      {"garbage", "\x16\x03\x01\x02\x7F\r\n", ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    play_every_way([&one](Dialogue& d) {
      d.server("* OK ready\r\n");
      d.submit(noop());
      d.client("A1 NOOP\r\n");
      const Exchange& behind = d.submit(noop());
      d.server(one.server);
      CHECK(is_dropped_for(d, one.reason));
      CHECK(d.engine().failure().fault == core::Fault::protocol);
      CHECK(behind.is(Outcome::lost));
    });
  }
}

TEST_CASE("engine: after the connection is dropped nothing that the server says counts") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(noop());
    d.client("A1 NOOP\r\n");
    d.server("+ what\r\nA1 OK done\r\n* 5 EXISTS\r\n");
    CHECK(d.is_dropped());
    // The server did answer it, but not in a way that could be trusted.
    CHECK(command.is(Outcome::lost));
    CHECK(d.unsolicited.empty());
  });
}

TEST_CASE("engine: a drop stays a drop, whatever its driver does next") {
  struct Deaf : imap::proto::UnsolicitedHandler {
    void on_unsolicited(const imap::proto::Response&) override {}
  };
  Deaf deaf;
  imap::proto::Engine engine(deaf);
  Exchange append;
  Exchange behind;
  Command command(CommandKind::append, "APPEND INBOX () ");
  command.literal("hello", waiting);
  engine.submit(std::move(command), append);
  engine.submit(noop(), behind);
  const auto feed = [&engine](std::string_view text) {
    for (;;) {
      const auto step = engine.feed(std::span(text.data(), text.size()));
      text.remove_prefix(step.consumed);
      if (step.next != imap::proto::Engine::Next::progress) return step.next;
    }
  };
  CHECK(feed("* OK ready\r\n") == imap::proto::Engine::Next::need_input);
  CHECK(!engine.output().empty());
  engine.wrote();
  CHECK(feed("A1 BAD no\r\n") == imap::proto::Engine::Next::drop);
  CHECK(append.is(Outcome::bad));
  CHECK(engine.output().empty());
  CHECK(feed("+ go ahead\r\n") == imap::proto::Engine::Next::drop);
  CHECK(engine.failure().message.find("BAD") != std::string::npos);
  engine.lost(engine.failure());
  CHECK(behind.is(Outcome::lost));
  CHECK(append.ends == 1);
}

TEST_CASE("engine: untagged responses without end, end the connection; an answer in between begins anew") {
  struct Counter : imap::proto::UnsolicitedHandler {
    void on_unsolicited(const imap::proto::Response&) override { ++heard; }
    std::size_t heard = 0;
  };
  Counter counter;
  imap::proto::Engine engine(counter);
  Exchange first;
  Exchange second;
  const auto feed = [&engine](std::string_view text) {
    auto step = engine.feed(std::span(text.data(), text.size()));
    while (step.next == imap::proto::Engine::Next::progress && step.consumed < text.size()) {
      text.remove_prefix(step.consumed);
      step = engine.feed(std::span(text.data(), text.size()));
    }
    return step.next;
  };
  const auto flood = [&](std::size_t lines) {
    auto next = imap::proto::Engine::Next::progress;
    for (std::size_t i = 0; i < lines && next != imap::proto::Engine::Next::drop; ++i) next = feed("* 5 EXISTS\r\n");
    return next;
  };
  constexpr std::size_t tolerated = 300'000;
  feed("* OK ready\r\n");
  engine.submit(noop(), first);
  engine.submit(noop(), second);
  engine.output();
  engine.wrote();
  REQUIRE(flood(tolerated) == imap::proto::Engine::Next::progress);
  CHECK(counter.heard == tolerated);
  feed("A1 OK done\r\n");
  CHECK(first.is_ok());
  CHECK(flood(5'000'000) == imap::proto::Engine::Next::drop);
  CHECK(counter.heard >= 2 * tolerated);
  CHECK(engine.failure().fault == core::Fault::protocol);
  engine.lost(engine.failure());
  CHECK(second.is(Outcome::lost));
}
