#include "every_way.hpp"

using namespace imapferry::testing;

TEST_CASE("parser: status responses, tagged and not") {
  check_responses({
      {"A1 OK done", "ok tag='A1' text='done'"},
      {"a.7-x] NO [TRYCREATE] no such mailbox", "no tag='a.7-x]' code='TRYCREATE' text='no such mailbox'"},
      {"A1 bad what", "bad tag='A1' text='what'"},
      {"A1  Ok   done  well ", "ok tag='A1' text='done  well '"},
      {"A1 OK", "ok tag='A1'"},
      {"A1 OK ", "ok tag='A1'"},
      {"* OK", "ok"},
      {"* OK IMAP4rev1 server ready", "ok text='IMAP4rev1 server ready'"},
      {"* PREAUTH hello", "preauth text='hello'"},
      {"* BYE", "bye"},
      {"* bye too many connections", "bye text='too many connections'"},
      {"* NO \xC3\xA9t\xE9", "no text='\\xC3\\xA9t\\xE9'"},
      {"* OKAY then", "other keyword='OKAY' rest='then'"},
  });
}

TEST_CASE("parser: response codes") {
  check_responses({
      {"* OK [UIDVALIDITY 38505] valid", "ok code='UIDVALIDITY' argument='38505' text='valid'"},
      {"A1 OK [APPENDUID 38505 3955:3957] done", "ok tag='A1' code='APPENDUID' argument='38505 3955:3957' text='done'"},
      {"A1 OK [READ-WRITE]", "ok tag='A1' code='READ-WRITE'"},
      {"A1 OK [READ-WRITE]done", "ok tag='A1' code='READ-WRITE' text='done'"},
      {"* OK [CAPABILITY IMAP4rev1 LITERAL+] hi", "ok code='CAPABILITY' argument='IMAP4rev1 LITERAL+' text='hi'"},
      {"* OK [FOO \"a]b\\\"]\" c] text", "ok code='FOO' argument='\"a]b\\\"]\" c' text='text'"},
      {"* OK [FOO a\"b] it's \"quoted] ", "ok code='FOO' argument='a\"b] it's \"quoted'"},
      {"* OK [FOO a\"b] text", "ok code='FOO' argument='a\"b' text='text'"},
      {"* OK [PERMANENTFLAGS (\\Seen od]d \\*)] Flags",
       "ok code='PERMANENTFLAGS' argument='(\\Seen od]d \\*)' text='Flags'"},
      {"* OK [PERMANENTFLAGS (\\Seen] Flags", "ok code='PERMANENTFLAGS' argument='(\\Seen' text='Flags'"},
      {"* OK [no end of it", "ok text='[no end of it'"},
      {"* OK []", "ok"},
      {"* OK [ALERT] ] [", "ok code='ALERT' text='] ['"},
      {"* OK [ALERT", "ok text='[ALERT'"},
  });
}

TEST_CASE("parser: the text of a status or a continuation has no literals") {
  CHECK(
      joined(check_every_way("A1 NO size {5}\r\n* BYE {10}\r\n+ go on {3}\r\n* OK [X {2}] y {4}\n+ {1}\n* 1 EXISTS\r\n")
                 .events) == "no tag='A1' text='size {5}'\n"
                             "bye text='{10}'\n"
                             "continue text='go on {3}'\n"
                             "ok code='X' argument='{2}' text='y {4}'\n"
                             "continue text='{1}'\n"
                             "exists 1\n"
                             "0 left\n");
}

TEST_CASE("parser: continuations with and without a blank") {
  check_responses({
      {"+", "continue"},
      {"+ ", "continue"},
      {"+ OK", "continue text='OK'"},
      {"+Ready", "continue text='Ready'"},
      {"+ dXNlcg==", "continue text='dXNlcg=='"},
      {"+   idling", "continue text='idling'"},
  });
}

TEST_CASE("parser: what is no response fails and says where") {
  check_failures({
      {"Server Unavailable.\r\n",
       "byte 8 of response 1 (\"Server Unavailable.\"): expected OK, NO or BAD behind a tag, saw \"Unavailable.\""},
      {"A1 PREAUTH x\r\n",
       "byte 4 of response 1 (\"A1 PREAUTH x\"): expected OK, NO or BAD behind a tag, saw \"PREAUTH\""},
      {"A1\r\n", "byte 3 of response 1 (\"A1\"): expected ' ', saw the end of the response"},
      {"*\r\n", "byte 2 of response 1 (\"*\"): expected ' ', saw the end of the response"},
      {"* \r\n", "byte 3 of response 1 (\"* \"): expected the name of a response, saw the end of the response"},
      {"* (x)\r\n", "byte 3 of response 1 (\"* (x)\"): expected the name of a response, saw '('"},
      {"*OK\r\n", "byte 2 of response 1 (\"*OK\"): expected ' ', saw 'O'"},
      {"\r\n", "byte 1 of response 1 (\"\"): expected '*', '+' or a tag, saw '\\x0D'"},
      {"* OK hi\r\n\x16\x03\x01",
       "byte 1 of response 2 (\"\\x16\\x03\\x01\"): expected '*', '+' or a tag, saw '\\x16'"},
      {"{5}\r\n", "byte 1 of response 1 (\"{5}\"): expected '*', '+' or a tag, saw '{'"},
      {"* OK hello\r\n* 4294967296 EXISTS and now a line that is long enough to be cut\r\n",
       "byte 3 of response 2 (\"* 4294967296 EXISTS and now a line that ...\"): expected a number of 32 bits, saw "
       "4294967296"},
      {"* 99999999999999999999999 FETCH ()\r\n",
       "byte 3 of response 1 (\"* 99999999999999999999999 FETCH ()\"): expected a number, saw '9'"},
  });
}

TEST_CASE("parser: NUL bytes before a response are skipped") {
  using namespace std::string_view_literals;
  CHECK(joined(check_every_way("\0\0* OK a\r\n\0* OK b\r\n\0\0"sv).events) == "ok text='a'\nok text='b'\n0 left\n");
}

TEST_CASE("parser: a response that is not all there is left") {
  CHECK(joined(check_every_way("* OK a\r\n* OK b").events) == "ok text='a'\n6 left\n");
  CHECK(joined(check_every_way("* OK a\r\n* OK b\r").events) == "ok text='a'\n7 left\n");
  CHECK(joined(check_every_way("").events) == "0 left\n");
}
