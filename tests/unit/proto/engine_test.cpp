#include "script/dialogue.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

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

Command append(std::string_view message, LiteralStyle style) {
  Command command(CommandKind::append, "APPEND INBOX () ");
  command.literal(message, style);
  return command;
}

Command streamed_append(std::uint64_t size, LiteralStyle style) {
  Command command(CommandKind::append, "APPEND INBOX () ");
  command.streamed_literal(size, style);
  return command;
}

constexpr auto waiting = LiteralStyle::synchronising;
constexpr auto at_once = LiteralStyle::non_synchronising;

}  // namespace

TEST_CASE("engine: a command and its answer") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(noop());
    d.client("A1 NOOP\r\n");
    CHECK(command.ends == 0);
    d.server("A1 OK [code argument here] done and dusted\r\n");
    CHECK(command.is_ok());
    CHECK(command.result.code == "CODE");
    CHECK(command.result.argument == "argument here");
    CHECK(command.result.text == "done and dusted");
    CHECK(command.result.server_text() == "[CODE argument here] done and dusted");
    d.client("");
  });
}

TEST_CASE("engine: nothing is sent before the greeting") {
  play_every_way([](Dialogue& d) {
    d.submit(noop());
    d.client("");
    d.server("* OK ready\r\n");
    d.client("A1 NOOP\r\n");
    d.server("A1 OK done\r\n");
  });
}

TEST_CASE("engine: commands are sent without waiting, and answered in any order") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& first = d.submit(noop());
    const Exchange& second = d.submit(Command(CommandKind::status, "STATUS a (MESSAGES)"));
    const Exchange& third = d.submit(noop());
    d.client("A1 NOOP\r\nA2 STATUS a (MESSAGES)\r\nA3 NOOP\r\n");
    d.server("A2 NO no such mailbox\r\n");
    CHECK(second.is(Outcome::no));
    CHECK(second.result.server_text() == "no such mailbox");
    CHECK(first.ends == 0);
    const Exchange& fourth = d.submit(noop());
    d.client("A4 NOOP\r\n");
    d.server("A3 OK done\r\nA1 BAD what\r\nA4 OK done\r\n");
    CHECK(third.is_ok());
    CHECK(first.is(Outcome::bad));
    CHECK(fourth.is_ok());
    CHECK(d.engine().pending() == 0);
  });
}

TEST_CASE("engine: more commands than fit into one write are all sent, in order") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    std::string expected;
    for (int i = 1; i <= 50; ++i) {
      d.submit(noop());
      expected += "A" + std::to_string(i) + " NOOP\r\n";
    }
    d.client(expected);
  });
}

TEST_CASE("engine: what is submitted during a write waits for its end") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    d.submit(noop());
    d.client_begins("A1 NOOP\r\n");
    const Exchange& second = d.submit(noop());
    d.client_begins("");
    d.written();
    d.client("A2 NOOP\r\n");
    d.server("A1 OK done\r\nA2 OK done\r\n");
    CHECK(second.is_ok());
  });
}

TEST_CASE("engine: a command that is answered while it is being written ends when it is written") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("hello");
    const Exchange& command = d.submit(append(message, at_once));
    d.client_begins("A1 APPEND INBOX () {5+}\r\nhello\r\n");
    d.server("A1 OK done\r\n");
    CHECK(command.ends == 0);
    d.written();
    CHECK(command.is_ok());
  });
}

TEST_CASE("engine: a command that goes alone waits for those before it and holds back those behind it") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    d.submit(noop());
    Command login(CommandKind::login, "LOGIN a b");
    login.alone();
    const Exchange& alone = d.submit(std::move(login));
    const Exchange& behind = d.submit(noop());
    d.client("A1 NOOP\r\n");
    d.client("");
    d.server("A1 OK done\r\n");
    d.client("A2 LOGIN a b\r\n");
    d.client("");
    d.server("A2 NO go away\r\n");
    CHECK(alone.is(Outcome::no));
    d.client("A3 NOOP\r\n");
    d.server("A3 OK done\r\n");
    CHECK(behind.is_ok());
  });
}

TEST_CASE("engine: a SASL exchange waits for the server's word") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    Command command(CommandKind::authenticate, "AUTHENTICATE PLAIN\r\n");
    command.wait().raw("AGEAYg==").alone();
    const Exchange& login = d.submit(std::move(command));
    d.client("A1 AUTHENTICATE PLAIN\r\n");
    d.server("+ \r\n");
    d.client("AGEAYg==\r\n");
    d.server("A1 OK welcome\r\n");
    CHECK(login.is_ok());
  });
}

TEST_CASE("engine: a synchronising literal waits, and so do the commands behind it") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("hello");
    const Exchange& command = d.submit(append(message, waiting));
    const Exchange& behind = d.submit(noop());
    d.client("A1 APPEND INBOX () {5}\r\n");
    d.client("");
    d.server("+ go ahead\r\n");
    d.client("hello\r\nA2 NOOP\r\n");
    d.server("A1 OK [APPENDUID 1 2] done\r\nA2 OK done\r\n");
    CHECK(command.is_ok());
    CHECK(command.result.argument == "1 2");
    CHECK(behind.is_ok());
  });
}

TEST_CASE("engine: the server's word may come before the end of our write") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("hello");
    const Exchange& command = d.submit(append(message, waiting));
    d.client_begins("A1 APPEND INBOX () {5}\r\n");
    d.server("+ go ahead\r\n");
    d.client_begins("");
    d.written();
    d.client("hello\r\n");
    d.server("A1 OK done\r\n");
    CHECK(command.is_ok());
  });
}

TEST_CASE("engine: a non-synchronising literal follows at once, and so do the commands behind it") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("hello");
    const Exchange& command = d.submit(append(message, at_once));
    d.submit(noop());
    d.client("A1 APPEND INBOX () {5+}\r\nhello\r\nA2 NOOP\r\n");
    d.server("A1 NO [OVERQUOTA] full\r\nA2 OK done\r\n");
    CHECK(command.is(Outcome::no));
    CHECK(!d.is_dropped());
  });
}

TEST_CASE("engine: an empty literal is announced and nothing more") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    d.submit(append({}, waiting));
    d.submit(append({}, at_once));
    d.client("A1 APPEND INBOX () {0}\r\n");
    d.server("+ \r\n");
    d.client("\r\nA2 APPEND INBOX () {0+}\r\n\r\n");
    d.server("A1 OK done\r\nA2 OK done\r\n");
  });
}

TEST_CASE("engine: NO instead of the server's word: the literal is never sent, the next command goes on") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("NOOP");
    const Exchange& command = d.submit(append(message, waiting));
    const Exchange& behind = d.submit(noop());
    d.client("A1 APPEND INBOX () {4}\r\n");
    d.server("A1 NO [TRYCREATE] no such mailbox\r\n");
    CHECK(command.is(Outcome::no));
    d.client("A2 NOOP\r\n");
    d.server("A2 OK done\r\n");
    CHECK(behind.is_ok());
  });
}

TEST_CASE("engine: NO comes while the announcement is still being written") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view message = d.lend("hello");
    const Exchange& command = d.submit(append(message, waiting));
    d.client_begins("A1 APPEND INBOX () {5}\r\n");
    d.server("A1 NO no\r\n");
    CHECK(command.ends == 0);
    d.written();
    CHECK(command.is(Outcome::no));
    d.submit(noop());
    d.client("A2 NOOP\r\n");
  });
}

TEST_CASE("engine: NO to a MULTIAPPEND at its second literal") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view first = d.lend("one");
    const std::string_view second = d.lend("two");
    Command command(CommandKind::append, "APPEND INBOX () ");
    command.literal(first, at_once).raw(" (odd) ").literal(second, waiting);
    const Exchange& batch = d.submit(std::move(command));
    d.submit(noop());
    d.client("A1 APPEND INBOX () {3+}\r\none (odd) {3}\r\n");
    d.server("A1 NO odd\r\n");
    CHECK(batch.is(Outcome::no));
    d.client("A2 NOOP\r\n");
  });
}

TEST_CASE("engine: NO in the middle of a non-synchronising literal: the rest of it is sent all the same") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(6, at_once));
    const Exchange& behind = d.submit(noop());
    d.client("A1 APPEND INBOX () {6+}\r\n");
    d.offer(command, "abc");
    d.client("abc");
    d.server("A1 NO full\r\n");
    CHECK(command.ends == 0);
    d.client("");
    d.offer(command, "def");
    d.client_begins("def\r\nA2 NOOP\r\n");
    CHECK(command.ends == 0);
    d.written();
    CHECK(command.is(Outcome::no));
    d.server("A2 OK done\r\n");
    CHECK(behind.is_ok());
  });
}

TEST_CASE(
    "engine: NO in the middle of a non-synchronising literal, with a synchronising one behind it that is never sent") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const std::string_view second = d.lend("LOGOUT");
    Command command(CommandKind::append, "APPEND INBOX () ");
    command.streamed_literal(6, at_once).raw(" () ").literal(second, waiting);
    const Exchange& batch = d.submit(std::move(command));
    d.submit(noop());
    d.client("A1 APPEND INBOX () {6+}\r\n");
    d.offer(batch, "abc");
    d.client("abc");
    d.server("A1 NO full\r\n");
    d.offer(batch, "def");
    d.client("def () {6}\r\nA2 NOOP\r\n");
    CHECK(batch.is(Outcome::no));
    d.server("A2 OK done\r\n");
  });
}

TEST_CASE("engine: what a caller offers beyond the end of a literal is not sent") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(3, at_once));
    d.client("A1 APPEND INBOX () {3+}\r\n");
    d.offer(command, "abc\r\nA2 DELETE INBOX");
    d.client("abc\r\n");
    CHECK(d.is_chunk_written(command));
  });
}

TEST_CASE("engine: a streamed literal is ready when the server has said so") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(5, waiting));
    CHECK(!d.is_ready_for_stream(command));
    d.client("A1 APPEND INBOX () {5}\r\n");
    CHECK(!d.is_ready_for_stream(command));
    d.server("+ go ahead\r\n");
    CHECK(d.is_ready_for_stream(command));
    d.client("");
    d.offer(command, "ab");
    CHECK(!d.is_chunk_written(command));
    d.client_begins("ab");
    CHECK(!d.is_chunk_written(command));
    d.written();
    CHECK(d.is_chunk_written(command));
    d.client("");
    d.offer(command, "cde");
    d.client("cde\r\n");
    CHECK(d.is_chunk_written(command));
    CHECK(!d.is_ready_for_stream(command));
    d.server("A1 OK done\r\n");
    CHECK(command.is_ok());
    CHECK(d.is_chunk_written(command));
    CHECK(!d.is_ready_for_stream(command));
  });
}

TEST_CASE("engine: a streamed literal that needs no word is ready once it is announced") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(5, at_once));
    CHECK(!d.is_ready_for_stream(command));
    d.client("A1 APPEND INBOX () {5+}\r\n");
    CHECK(d.is_ready_for_stream(command));
    d.offer(command, "abcde");
    d.client("abcde\r\n");
    d.server("A1 OK done\r\n");
    CHECK(command.is_ok());
  });
}

TEST_CASE("engine: a chunk that is offered during a write is not lost") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(3, at_once));
    d.client_begins("A1 APPEND INBOX () {3+}\r\n");
    d.offer(command, "abc");
    d.client_begins("");
    d.written();
    CHECK(!d.is_chunk_written(command));
    d.client("abc\r\n");
    CHECK(d.is_chunk_written(command));
  });
}

TEST_CASE("engine: a streamed literal that is refused is not ready, and what was offered for it is not sent") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    const Exchange& command = d.submit(streamed_append(6, waiting));
    d.client("A1 APPEND INBOX () {6}\r\n");
    d.offer(command, "LOGOUT");
    d.client("");
    d.server("A1 NO [OVERQUOTA] full\r\n");
    CHECK(command.is(Outcome::no));
    CHECK(!d.is_ready_for_stream(command));
    CHECK(d.is_chunk_written(command));
    d.submit(noop());
    d.client("A2 NOOP\r\n");
  });
}

TEST_CASE("engine: a dialogue: each question is answered by a line, until the tagged answer") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    Command command(CommandKind::authenticate, "AUTHENTICATE X");
    command.alone().dialogue();
    Exchange& login = d.submit(std::move(command));
    Exchange& noop = d.submit(Command(CommandKind::noop, "NOOP"));
    d.client("A1 AUTHENTICATE X\r\n");
    d.server("+ first\r\n");
    d.offer(login, "one\r\n");
    d.client("one\r\n");
    d.server("+ second\r\n");
    d.offer(login, "two\r\n");
    d.client("two\r\n");
    d.server("A1 OK in\r\n");
    CHECK(login.is_ok());
    d.client("A2 NOOP\r\n");
    d.server("A2 OK\r\n");
    CHECK(noop.is_ok());
  });
}

TEST_CASE("engine: a dialogue may be refused at once; two questions in a row are nonsense") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    Command command(CommandKind::authenticate, "AUTHENTICATE X");
    command.alone().dialogue();
    Exchange& login = d.submit(std::move(command));
    d.client("A1 AUTHENTICATE X\r\n");
    d.server("A1 NO no\r\n");
    CHECK(login.is(CommandResult::Outcome::no));
  });
  Dialogue d;
  d.server("* OK ready\r\n");
  Command command(CommandKind::authenticate, "AUTHENTICATE X");
  command.alone().dialogue();
  d.submit(std::move(command));
  d.client("A1 AUTHENTICATE X\r\n");
  d.server("+ first\r\n+ second\r\n");
  CHECK(d.is_dropped());
}
