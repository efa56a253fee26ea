#include "script/dialogue.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using imap::proto::Capability;
using imap::proto::Command;
using imap::proto::CommandKind;
using imap::proto::CommandResult;
using script::Dialogue;
using script::Exchange;
using script::play_every_way;
using Lines = std::vector<std::string>;
using Outcome = CommandResult::Outcome;

namespace {

Exchange& submit(Dialogue& d, CommandKind kind, const char* verb) { return d.submit(Command(kind, verb)); }

/// The greeting has come and these commands have been sent.
void send_all(Dialogue& d) {
  d.server("* OK ready\r\n");
  while (!d.engine().output().empty()) d.engine().wrote();
}

}  // namespace

TEST_CASE("engine: untagged data goes to the command that asked for it") {
  struct Case {
    CommandKind kind;
    const char* verb;
    std::string_view server;
    const char* heard;
  };
  const Case cases[] = {
      {CommandKind::capability, "CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n", "capability IMAP4REV1 IDLE"},
      {CommandKind::list, "LIST", "* LIST (\\Marked) \"/\" a\r\n", "list attributes=4 delimiter='/' mailbox='a'"},
      {CommandKind::list, "LIST", "* STATUS a (MESSAGES 3)\r\n", "status mailbox='a' messages=3"},
      {CommandKind::lsub, "LSUB", "* LSUB () \"/\" a\r\n", "lsub delimiter='/' mailbox='a'"},
      {CommandKind::status, "STATUS", "* STATUS a (UIDNEXT 9)\r\n", "status mailbox='a' uidnext=9"},
      {CommandKind::select, "SELECT", "* FLAGS (\\Seen)\r\n", "flags '\\Seen'"},
      {CommandKind::select, "SELECT", "* 3 EXISTS\r\n", "exists 3"},
      {CommandKind::select, "SELECT", "* 1 RECENT\r\n", "recent 1"},
      {CommandKind::select, "SELECT", "* OK [UIDNEXT 5] next\r\n", "ok code='UIDNEXT' argument='5' text='next'"},
      {CommandKind::select, "SELECT", "* VANISHED (EARLIER) 1:3\r\n", "vanished earlier 1:3"},
      {CommandKind::fetch, "FETCH", "* VANISHED (EARLIER) 1:3\r\n", "vanished earlier 1:3"},
      {CommandKind::fetch, "FETCH", "* 2 FETCH (UID 7)\r\n", "fetch 2 uid=7"},
      {CommandKind::store, "STORE", "* 2 FETCH (FLAGS (\\Seen))\r\n", "fetch 2 flags:'\\Seen'"},
      {CommandKind::search, "SEARCH", "* SEARCH 2 3\r\n", "search 2 3"},
      {CommandKind::search, "SEARCH", "* ESEARCH (TAG \"A1\") UID COUNT 3\r\n", "esearch tag='A1' uid count=3"},
      {CommandKind::get_acl, "GETACL a", "* ACL a bob lrs anyone l\r\n", "acl mailbox='a' 'bob'='lrs' 'anyone'='l'"},
      {CommandKind::name_space, "NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "namespace ('''/') () ()"},
      {CommandKind::id, "ID", "* ID (\"name\" \"x\")\r\n", "id 'name'='x'"},
      {CommandKind::enable, "ENABLE", "* ENABLED CONDSTORE\r\n", "enabled CONDSTORE"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.server);
    play_every_way([&one](Dialogue& d) {
      const Exchange& before = submit(d, CommandKind::noop, "NOOP");
      const Exchange& command = submit(d, one.kind, one.verb);
      const Exchange& later = submit(d, one.kind, one.verb);
      send_all(d);
      d.server(one.server);
      CHECK(command.heard == Lines{one.heard});
      CHECK(before.heard.empty());
      CHECK(later.heard.empty());
      CHECK(d.unsolicited.empty());
      d.server("A2 OK done\r\n");
      d.server(one.server);
      CHECK(later.heard == Lines{one.heard});
      CHECK(command.heard.size() == 1);
      d.server("A3 OK done\r\n");
      d.server(one.server);
      CHECK(d.unsolicited == Lines{one.heard});
    });
  }
}

TEST_CASE("engine: a command that has not been sent hears nothing") {
  play_every_way([](Dialogue& d) {
    d.server("* OK ready\r\n");
    Command alone(CommandKind::login, "LOGIN a b");
    alone.alone();
    d.submit(std::move(alone));
    const Exchange& select = submit(d, CommandKind::select, "SELECT a");
    d.client("A1 LOGIN a b\r\n");
    d.server("* 3 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n");
    CHECK(select.heard.empty());
    CHECK(d.unsolicited == Lines{"exists 3", "fetch 1 flags"});
  });
}

TEST_CASE("engine: what nobody asked for is unsolicited") {
  play_every_way([](Dialogue& d) {
    submit(d, CommandKind::noop, "NOOP");
    send_all(d);
    d.server("* 23 EXISTS\r\n* 5 EXPUNGE\r\n* VANISHED 7\r\n* OK [ALERT] disk\r\n* NO warning\r\n* XFOO bar\r\n* 4 "
             "FETCH (FLAGS ())\r\n");
    CHECK(d.unsolicited == Lines{"exists 23", "expunge 5", "vanished 7", "ok code='ALERT' text='disk'",
                                 "no text='warning'", "other keyword='XFOO' rest='bar'", "fetch 4 flags"});
  });
}

TEST_CASE("engine: SELECT hears its data, but not a warning, nor messages that vanish now") {
  play_every_way([](Dialogue& d) {
    const Exchange& select = submit(d, CommandKind::select, "SELECT a");
    send_all(d);
    d.server("* 3 EXISTS\r\n* NO [ALERT] nearly full\r\n* VANISHED 5\r\n* OK [UIDVALIDITY 9] v\r\nA1 OK [READ-WRITE] "
             "done\r\n");
    CHECK(select.heard == Lines{"exists 3", "ok code='UIDVALIDITY' argument='9' text='v'"});
    CHECK(select.result.code == "READ-WRITE");
    CHECK(d.unsolicited.size() == 2);
  });
}

TEST_CASE("engine: FETCH data goes to the command that takes it, by UID") {
  play_every_way([](Dialogue& d) {
    Exchange& first = submit(d, CommandKind::fetch, "UID FETCH 1:2 (FLAGS)");
    Exchange& second = submit(d, CommandKind::fetch, "UID FETCH 3 (FLAGS)");
    first.uids = {1, 2};
    second.uids = {3};
    send_all(d);
    d.server(
        "* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\n* 2 FETCH (UID 2)\r\n* 9 FETCH (UID 9)\r\n* 4 FETCH (FLAGS ())\r\n");
    CHECK(first.heard == Lines{"fetch 1 uid=1", "fetch 2 uid=2", "fetch 4 flags"});
    CHECK(second.heard == Lines{"fetch 3 uid=3"});
    CHECK(d.unsolicited == Lines{"fetch 9 uid=9"});
    d.server("A1 OK done\r\n* 5 FETCH (FLAGS ())\r\n* 1 FETCH (UID 1)\r\nA2 OK done\r\n");
    CHECK(second.heard == Lines{"fetch 3 uid=3", "fetch 5 flags"});
    CHECK(d.unsolicited.back() == "fetch 1 uid=1");
  });
}

TEST_CASE("engine: capabilities are learned wherever they are told") {
  play_every_way([](Dialogue& d) {
    Command login(CommandKind::login, "LOGIN a b");
    d.submit(std::move(login));
    d.server("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n");
    CHECK(d.engine().capabilities().has(Capability::starttls));
    d.client("A1 LOGIN a b\r\n");
    d.server("* CAPABILITY IMAP4rev1 UIDPLUS\r\n");
    CHECK(!d.engine().capabilities().has(Capability::starttls));
    CHECK(d.engine().capabilities().has(Capability::uidplus));
    d.server("* OK [CAPABILITY IMAP4rev1 MULTIAPPEND] by the way\r\n");
    CHECK(d.engine().capabilities().has(Capability::multiappend));
    d.server("A1 OK [CAPABILITY IMAP4rev1 LITERAL+] welcome\r\n");
    CHECK(d.engine().capabilities().has(Capability::literal_plus));
    CHECK(!d.engine().capabilities().has(Capability::multiappend));
    d.engine().forget_capabilities();
    CHECK(d.engine().capabilities().empty());
  });
}

TEST_CASE("engine: greetings") {
  using imap::proto::Condition;
  struct Case {
    std::string_view server;
    Condition condition;
    std::string_view text;
    bool is_dropped;
  };
  const Case cases[] = {
      {"* OK hello\r\n", Condition::ok, "hello", false},
      {"* PREAUTH [CAPABILITY IMAP4rev1] you again\r\n", Condition::preauth, "you again", false},
      {"* BYE too many\r\n", Condition::bye, "too many", false},
      {"* NO nobody home\r\n", Condition::no, "nobody home", true},
      {"* BAD what\r\n", Condition::bad, "what", true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.server);
    play_every_way([&one](Dialogue& d) {
      CHECK(!d.engine().greeting());
      d.server(one.server);
      REQUIRE(d.engine().greeting());
      CHECK(d.engine().greeting()->condition == one.condition);
      CHECK(d.engine().greeting()->text == one.text);
      CHECK(d.is_dropped() == one.is_dropped);
      CHECK(d.engine().has_said_bye() == (one.condition == Condition::bye));
      CHECK(d.unsolicited.empty());
    });
  }
}

TEST_CASE("engine: what is no greeting ends the connection") {
  for (const std::string_view server : {"A1 OK hello\r\n", "* 3 EXISTS\r\n", "+ \r\n", "220 mail.example ESMTP\r\n",
                                        "+OK POP3 ready\r\n", "\r\n", "* CAPABILITY IMAP4rev1\r\n"}) {
    CAPTURE(server);
    play_every_way([server](Dialogue& d) {
      const Exchange& command = submit(d, CommandKind::noop, "NOOP");
      d.server(server);
      CHECK(d.is_dropped());
      CHECK(!d.engine().greeting());
      CHECK(d.engine().failure().fault == core::Fault::protocol);
      CHECK(command.is(Outcome::lost));
    });
  }
}

TEST_CASE("engine: BYE is remembered, and the commands are lost with what ended the connection") {
  play_every_way([](Dialogue& d) {
    const Exchange& answered = submit(d, CommandKind::noop, "NOOP");
    const Exchange& command = submit(d, CommandKind::noop, "NOOP");
    send_all(d);
    d.server("* BYE shutting down\r\nA1 OK done\r\n");
    CHECK(!d.is_dropped());
    CHECK(answered.is_ok());
    CHECK(d.engine().has_said_bye());
    CHECK(d.engine().bye_text() == "shutting down");
    CHECK(d.unsolicited == Lines{"bye text='shutting down'"});
    d.end(core::Failure{core::Fault::closed, "the end", d.engine().bye_text()});
    CHECK(command.is(Outcome::lost));
    CHECK(command.result.failure.message == "the end");
    CHECK(command.result.failure.server_text == "shutting down");
  });
}

TEST_CASE("engine: a literal too large to be kept is streamed to the command that takes the message") {
  imap::proto::ParserLimits limits;
  limits.inline_literals = 4;
  play_every_way(
      [](Dialogue& d) {
        Exchange& first = submit(d, CommandKind::fetch, "UID FETCH 1 (BODY[])");
        Exchange& second = submit(d, CommandKind::fetch, "UID FETCH 2 (BODY[])");
        first.uids = {1};
        second.uids = {2};
        first.takes_literals = second.takes_literals = true;
        send_all(d);
        d.server("* 7 FETCH (UID 2 BODY[] {6}\r\nA1 BAD)\r\n");
        CHECK(second.literal == "begin 6 A1 BAD end");
        CHECK(second.heard == Lines{"fetch 7 uid=2 body[]{6}streamed"});
        d.server("* 6 FETCH (UID 1 BODY[] {4}\r\ntiny)\r\n");
        CHECK(first.literal == "");
        CHECK(first.heard == Lines{"fetch 6 uid=1 body[]{4}'tiny'"});
        d.server("* 6 FETCH (UID 1 BODY[] {5}\r\n1\r\n2\n)\r\n* 6 FETCH (UID 1 BODY[] {5}\r\n12345)\r\n");
        CHECK(first.literal == "begin 5 1\r\n2\n endbegin 5 12345 end");
        d.server("A1 OK done\r\nA2 OK done\r\n");
        CHECK(first.is_ok());
        CHECK(second.is_ok());
      },
      limits);
}

TEST_CASE("engine: a literal that nobody takes is thrown away") {
  imap::proto::ParserLimits limits;
  limits.inline_literals = 4;
  play_every_way(
      [](Dialogue& d) {
        Exchange& fetch = submit(d, CommandKind::fetch, "UID FETCH 1 (BODY[])");
        fetch.uids = {1};
        send_all(d);
        d.server("* 7 FETCH (UID 1 BODY[] {6}\r\nabcdef)\r\n* 9 FETCH (UID 9 BODY[] {6}\r\nabcdef)\r\n");
        CHECK(fetch.literal == "");
        CHECK(fetch.heard == Lines{"fetch 7 uid=1 body[]{6}streamed"});
        CHECK(d.unsolicited == Lines{"fetch 9 uid=9 body[]{6}streamed"});
        d.server("A1 OK done\r\n");
        CHECK(fetch.is_ok());
      },
      limits);
}
