#include "every_way.hpp"

using namespace imapferry::testing;

TEST_CASE("parser: FETCH items in any order") {
  check_responses({
      {"* 12 FETCH (FLAGS (\\Seen $Junk) UID 5 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286)",
       "fetch 12 uid=5 flags:'\\Seen':'$Junk' date='17-Jul-1996 02:44:25 -0700' size=4286"},
      {"* 12 fetch (rfc822.size 1 internaldate \" 1-Jul-1996 02:44:25 -0700\" uid 4294967295 flags ())",
       "fetch 12 uid=4294967295 flags date=' 1-Jul-1996 02:44:25 -0700' size=1"},
      {"* 1 FETCH ()", "fetch 1"},
      {"* 0 FETCH (UID 7)", "fetch 0 uid=7"},
      {"*  1  FETCH  (  UID  7   FLAGS  (  \\Seen  )  )  ", "fetch 1 uid=7 flags:'\\Seen'"},
      {"* 1 FETCH(UID 7)", "fetch 1 uid=7"},
      {"* 1 FETCH (FLAGS (\\Recent \\Od[d \\*d \"q\" {a} \xE9 a]b))",
       "fetch 1 flags:'\\Recent':'\\Od[d':'\\*d':'\"q\"':'{a}':'\\xE9':'a]b'"},
      {"* 1 FETCH (FLAGS NIL)", "fetch 1 flags"},
      {"* 1 FETCH (MODSEQ (624140003))", "fetch 1 modseq=624140003"},
      {"* 1 FETCH (MODSEQ 12)", "fetch 1 modseq=12"},
      {"* 1 FETCH (MODSEQ (x) UID 2)", "fetch 1 uid=2"},
      {"* 1 FETCH (EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9))", "fetch 1 emailid='M6d99ac3275bb4e'"},
      {"* 1 FETCH (THREADID NIL EMAILID NIL)", "fetch 1"},
      {"* 1 FETCH (INTERNALDATE NIL UID 2)", "fetch 1 uid=2"},
      {"* 1 FETCH (RFC822.SIZE 9.3736e+06 UID 2)", "fetch 1 uid=2"},
      {"* 1 FETCH (RFC822.SIZE 5000000000 UID 2)", "fetch 1 uid=2 size=5000000000"},
      {"* 1 FETCH (RFC822.SIZE 99999999999999999999 UID 2)", "fetch 1 uid=2"},
      {"* 1 FETCH (RFC822.SIZE -1 UID 2)", "fetch 1 uid=2"},
  });
}

TEST_CASE("parser: nothing of a FETCH response stays in the next one") {
  CHECK(
      joined(check_every_way("* 1 FETCH (UID 5 FLAGS (\\Seen) INTERNALDATE \"x\" RFC822.SIZE 3 MODSEQ (4) EMAILID (M) "
                             "BODY[] {3}\r\nabc)\r\n* 2 FETCH ()\r\n* 3 FETCH (BODY[] {1}\r\nz)\r\n")
                 .responses) == "fetch 1 uid=5 flags:'\\Seen' date='x' size=3 modseq=4 emailid='M' body[]{3}'abc'\n"
                                "fetch 2\n"
                                "fetch 3 body[]{1}'z'\n");
}

TEST_CASE("parser: FETCH items that are not known are read over") {
  check_responses({
      {"* 1 FETCH (X-A 1 X-B atom X-C \"str\\\"ing)\" X-D (a (b \"c)\" {2}\r\n)) d) ()) X-E {1}\r\n) UID 2)",
       "fetch 1 uid=2"},
      {"* 1 FETCH (BINARY.SIZE[1.2] 77 X[\"]\" (a)]<5> 1 UID 2)", "fetch 1 uid=2"},
      {"* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) ENVELOPE (NIL NIL ((NIL NIL \"a\" {1}\r\nb))) "
       "UID 2)",
       "fetch 1 uid=2"},
      {"* 1 FETCH (X-A ~{3}\r\n)\r\n UID 2 BODYSTRUCTURE ((((((NIL)))))))", "fetch 1 uid=2"},
      {"* 1 FETCH (X-A a[b]c X-B 9.3736e+06 PREVIEW NIL UID 2)", "fetch 1 uid=2"},
  });
}

TEST_CASE("parser: labels of Gmail, as atoms, quoted strings and literals") {
  check_responses({
      {"* 1 FETCH (X-GM-LABELS (\"\\\\Inbox\" \\Sent \"f o\") X-GM-MSGID 1278455344230334865 UID 2)",
       "fetch 1 uid=2 labels:'\\Inbox':'\\Sent':'f o'"},
      {"* 1 FETCH (UID 2 X-GM-LABELS ())", "fetch 1 uid=2 labels"},
      {"* 1 FETCH (UID 2 X-GM-LABELS NIL)", "fetch 1 uid=2 labels"},
      {"* 1 FETCH (x-gm-labels ( {3}\r\na)\n &AOk- \"\\\"\\\\\" ) UID 2)",
       "fetch 1 uid=2 labels:'a)\\n':'&AOk-':'\"\\'"},
      {"* 1 FETCH (X-GM-LABELS (\"\" \"\\Inbox\") UID 2)", "fetch 1 uid=2 labels:'':'\\Inbox'"},
  });
}

TEST_CASE("parser: FETCH body sections") {
  check_responses({
      {"* 1 FETCH (BODY[] {12}\r\nabc\r\n) UID 9)", "fetch 1 body[]{12}'abc\\r\\n) UID 9'"},
      {"* 1 FETCH (BODY[] {5}\r\nabc\r\n UID 9)", "fetch 1 uid=9 body[]{5}'abc\\r\\n'"},
      {"* 1 FETCH (BODY[]<0> {3}\r\n{3} BODY[TEXT]<0.2> \"q\\\\\" UID 9)",
       "fetch 1 uid=9 body[]{3}'{3}' body[TEXT]{2}'q\\'"},
      {"* 1 FETCH (BODY[HEADER.FIELDS (MESSAGE-ID RECEIVED)] {2}\r\n\r\n)",
       "fetch 1 body[HEADER.FIELDS (MESSAGE-ID RECEIVED)]{2}'\\r\\n'"},
      {"* 1 FETCH (BODY[HEADER.FIELDS (\"X]\" {2}\r\n]Y)]<0> \"a\" UID 3)",
       "fetch 1 uid=3 body[HEADER.FIELDS (\"X]\" {2}\r\n]Y)]{1}'a'"},
      {"* 1 FETCH (BODY[] NIL BINARY[1] nil UID 3)", "fetch 1 uid=3 body[]{0}nil binary[1]{0}nil"},
      {"* 1 FETCH (BODY[] {0}\r\n UID 3)", "fetch 1 uid=3 body[]{0}''"},
      {"* 1 FETCH (BODY[] \"\" UID 3)", "fetch 1 uid=3 body[]{0}''"},
      {"* 1 FETCH (BINARY[] ~{4}\r\n\r\n)( UID 3)", "fetch 1 uid=3 binary[]{4}'\\r\\n)('"},
      {"* 1 FETCH (BODY.PEEK[] {1+}\r\nx)", "fetch 1 body[]{1}'x'"},
      {"* 1 FETCH (RFC822 {1}\r\na RFC822.HEADER {1}\r\nb RFC822.TEXT \"c\")",
       "fetch 1 body[]{1}'a' body[HEADER]{1}'b' body[TEXT]{1}'c'"},
      {"* 1 FETCH (BODY[]{1}\r\nx UID 3)", "fetch 1 uid=3 body[]{1}'x'"},
      {"* 1 FETCH (UID 3 BODY[HEADER] {7}\r\n* OK {9 BODY[TEXT] {60}\r\n"
       "012345678901234567890123456789012345678901234567890123456789 FLAGS (a) BODY[] {3}\r\n)\r\n MODSEQ (4))",
       "fetch 1 uid=3 flags:'a' modseq=4 body[HEADER]{7}'* OK {9' "
       "body[TEXT]{60}'012345678901234567890123456789012345678901234567890123456789' body[]{3}')\\r\\n'"},
  });
}

TEST_CASE("parser: NUL and 8-bit bytes in a body are kept") {
  using namespace std::string_view_literals;
  const Fed fed = check_every_way("* 1 FETCH (BODY[] {4}\r\n\0\xFF\n\0)\r\n* 2 EXISTS\r\n"sv);
  CHECK(joined(fed.responses) == "fetch 1 body[]{4}'\\x00\\xFF\\n\\x00'\nexists 2\n");
}

TEST_CASE("parser: FETCH that loses its place fails") {
  check_failures({
      {"* 1 FETCH (UID 4294967296)\r\n",
       "byte 16 of response 1 (\"* 1 FETCH (UID 4294967296)\"): expected a number of 32 bits, saw 4294967296"},
      {"* 1 FETCH (UID 5x)\r\n", "byte 16 of response 1 (\"* 1 FETCH (UID 5x)\"): expected a number, saw '5'"},
      {"* 1 FETCH (UID)\r\n", "byte 15 of response 1 (\"* 1 FETCH (UID)\"): expected a number, saw ')'"},
      {"* 1 FETCH UID 5\r\n", "byte 11 of response 1 (\"* 1 FETCH UID 5\"): expected '(', saw 'U'"},
      {"* 1 FETCH (UID 5\r\n",
       "byte 17 of response 1 (\"* 1 FETCH (UID 5\"): expected an item of FETCH or ')', saw the end of the response"},
      {"* 1 FETCH (UID 5))\r\n",
       "byte 18 of response 1 (\"* 1 FETCH (UID 5))\"): expected the end of the response, saw ')'"},
      {"* 1 FETCH (X-GM-LABELS (a (b)) UID 2)\r\n",
       "byte 27 of response 1 (\"* 1 FETCH (X-GM-LABELS (a (b)) UID 2)\"): expected a string or an atom, saw '('"},
      {"* 1 FETCH (X-GM-LABELS (\"a\"b) UID 2)\r\n",
       "byte 28 of response 1 (\"* 1 FETCH (X-GM-LABELS (\"a\"b) UID 2)\"): expected ' ' or ')', saw 'b'"},
      {"* 1 FETCH (FLAGS (a)UID 5)\r\n",
       "byte 21 of response 1 (\"* 1 FETCH (FLAGS (a)UID 5)\"): expected ' ' or ')', saw 'U'"},
      {"* 1 FETCH (BODY[] {3}\r\nabcd)\r\n",
       "byte 27 of response 1 (\"* 1 FETCH (BODY[] {3}\"): expected ' ' or ')', saw 'd'"},
      {"* 1 FETCH (BODY[] {3} abc)\r\n", "byte 19 of response 1 (\"* 1 FETCH (BODY[] {3} abc)\"): expected \"{size}\" "
                                         "and the end of the line for a literal"},
      {"* 1 FETCH (BODY[] atom)\r\n",
       "byte 19 of response 1 (\"* 1 FETCH (BODY[] atom)\"): expected a string, saw 'a'"},
      {"* 1 FETCH (BODY[ {3}\r\nabc)\r\n",
       "byte 27 of response 1 (\"* 1 FETCH (BODY[ {3}\"): expected ']', saw the end of the response"},
      {"* 1 FETCH (BODY[]<x> NIL)\r\n", "byte 19 of response 1 (\"* 1 FETCH (BODY[]<x> NIL)\"): expected '>', saw 'x'"},
      {"* 1 FETCH (X-A (b UID 5)\r\n", "byte 25 of response 1 (\"* 1 FETCH (X-A (b UID 5)\"): expected an item of "
                                       "FETCH or ')', saw the end of the response"},
      {"* 1 FETCH (UID 5) {3}\r\nabc\r\n",
       "byte 19 of response 1 (\"* 1 FETCH (UID 5) {3}\"): expected the end of the response, saw '{'"},
  });
}
