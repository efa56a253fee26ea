#include "every_way.hpp"

using namespace imapferry::testing;
using imapferry::imap::proto::ParserLimits;

namespace {

ParserLimits small() {
  ParserLimits limits;
  limits.line = 60;
  limits.inline_literals = 10;
  limits.nesting = 4;
  limits.literal = 100;
  limits.items = 3;
  return limits;
}

std::string times(std::size_t n, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}

/// The failure without the place and the response's start.
std::string reason(std::string_view bytes, const ParserLimits& limits = small()) {
  const std::string failure = check_cuts(bytes, limits).failure;
  const std::size_t at = failure.find("\"): ");
  return at == std::string::npos ? failure : failure.substr(at + 4);
}

}  // namespace

TEST_CASE("parser: a large section is streamed, and the response follows") {
  CHECK(
      joined(
          check_cuts("* 3 FETCH (UID 7 BODY[] {12}\r\nHello\r\n* OK\n FLAGS (a))\r\n* 4 EXISTS\r\n", small()).events) ==
      "begin fetch 3 uid=7 / body[]{12}streamed\n"
      "literal 'Hello\\r\\n* OK\\n'\n"
      "fetch 3 uid=7 flags:'a' body[]{12}streamed\n"
      "exists 4\n"
      "0 left\n");
}

TEST_CASE("parser: what is kept of a response counts together, streamed literals apart") {
  ParserLimits limits = small();
  limits.line = 100;
  CHECK(joined(
            check_cuts("* 3 FETCH (BODY[1] {6}\r\n123456 BODY[2] ~{6}\r\nabcdef BODY[3] {4}\r\nABCD UID 1)\r\n", limits)
                .events) == "begin fetch 3 body[1]{6}'123456' / body[2]{6}streamed\n"
                            "literal 'abcdef'\n"
                            "fetch 3 uid=1 body[1]{6}'123456' body[2]{6}streamed body[3]{4}'ABCD'\n"
                            "0 left\n");
}

TEST_CASE("parser: several sections are streamed one after the other") {
  ParserLimits limits = small();
  limits.inline_literals = 0;
  CHECK(joined(check_cuts("* 3 FETCH (RFC822 {1}\r\na BODY[\"q\\\"\"] {2}\r\n\r\n MODSEQ (3))\r\n", limits).events) ==
        "begin fetch 3 / body[]{1}streamed\n"
        "literal 'a'\n"
        "begin fetch 3 body[]{1}streamed / body[\"q\\\"\"]{2}streamed\n"
        "literal '\\r\\n'\n"
        "fetch 3 modseq=3 body[]{1}streamed body[\"q\\\"\"]{2}streamed\n"
        "0 left\n");
}

TEST_CASE("parser: an unescaped string before a streamed literal stays") {
  CHECK(joined(check_cuts("* 3 FETCH (INTERNALDATE \"a\\\"b\" BODY[] {11}\r\n01234567890)\r\n", small()).events) ==
        "begin fetch 3 date='a\"b' / body[]{11}streamed\n"
        "literal '01234567890'\n"
        "fetch 3 date='a\"b' body[]{11}streamed\n"
        "0 left\n");
}

TEST_CASE("parser: a failure behind a streamed literal counts its bytes") {
  CHECK(check_cuts("* OK\r\n* 3 FETCH (BODY[] {12}\r\n123456789012x)\r\n", small()).failure ==
        "byte 37 of response 2 (\"* 3 FETCH (BODY[] {12}\"): expected ' ' or ')', saw 'x'");
}

TEST_CASE("parser: a literal that is no body section must fit") {
  const std::string reason_for_11 = "a literal of 11 bytes where at most 10 of one response are kept";
  CHECK(reason("* LIST () \"/\" {10}\r\n0123456789\r\n") == "");
  CHECK(reason("* LIST () \"/\" {11}\r\n01234567890\r\n") == reason_for_11);
  CHECK(reason("* X-THING {11}\r\n01234567890\r\n") == reason_for_11);
  CHECK(reason("* 1 FETCH (X-A {11}\r\n01234567890)\r\n") == reason_for_11);
  CHECK(reason("* 1 FETCH (X-A (b {11}\r\n01234567890))\r\n") == reason_for_11);
  CHECK(reason("* 1 FETCH (BODY[HEADER.FIELDS ({11}\r\n01234567890)] NIL)\r\n") == reason_for_11);
  CHECK(reason("* 1 FETCH (INTERNALDATE {11}\r\n01234567890)\r\n") == reason_for_11);
  CHECK(reason("* 1 EXISTS {11}\r\n") == "expected the end of the response, saw '{'");
}

TEST_CASE("parser: a streamed literal has a largest size") {
  CHECK(reason("* 1 FETCH (BODY[] {100}\r\n" + times(100, "x") + ")\r\n") == "");
  CHECK(reason("* 1 FETCH (BODY[] {101}\r\n") == "a literal of 101 bytes where at most 100 are allowed");
  CHECK(reason("* 1 FETCH (BODY[] {99999999999999999999999}\r\n") ==
        "a literal of 18446744073709551615 bytes where at most 100 are allowed");
}

TEST_CASE("parser: a response has a longest line, literals apart") {
  const std::string fits = "* OK " + times(53, "x") + "\r\n";
  REQUIRE(fits.size() == 60);
  CHECK(reason(fits) == "");
  CHECK(reason("* OK " + times(54, "x") + "\r\n") == "expected at most 60 bytes besides literals");
  CHECK(reason("* OK " + times(1000, "x")) == "expected at most 60 bytes besides literals");
  CHECK(reason("* LIST () \"/\" {10}\r\n0123456789" + times(38, " ") + "\r\n") == "");
  CHECK(reason("* LIST () \"/\" {10}\r\n0123456789" + times(39, " ") + "\r\n") ==
        "expected at most 60 bytes besides literals");
  CHECK(reason("* 1 FETCH (BODY[] {90}\r\n" + times(90, "x") + times(33, " ") + ")\r\n") == "");
  CHECK(reason("* 1 FETCH (BODY[] {90}\r\n" + times(90, "x") + times(34, " ") + ")\r\n") ==
        "expected at most 60 bytes besides literals");
}

TEST_CASE("parser: NUL bytes between responses are bounded") {
  CHECK(reason(std::string(60, '\0') + "* OK\r\n" + std::string(60, '\0') + "* OK\r\n") == "");
  CHECK(reason(std::string(61, '\0') + "* OK\r\n") == "more than 60 NUL bytes before it");
}

TEST_CASE("parser: parentheses have a greatest depth") {
  CHECK(reason("* 1 FETCH (X (((a))))\r\n") == "");
  CHECK(reason("* 1 FETCH (X ((((a)))))\r\n") == "more than 4 open parentheses");
  CHECK(reason("* LIST () \"/\" a ((((b))))\r\n") == "");
  CHECK(reason("* LIST () \"/\" a (((((b)))))\r\n") == "more than 4 open parentheses");
  const std::string hostile = "* 1 FETCH (X " + times(500'000, "(");
  CHECK(feed_whole(hostile + "\r\n").failure.find("more than 64 open parentheses") != std::string::npos);
}

TEST_CASE("parser: lists have a greatest length") {
  CHECK(reason("* FLAGS (a b c)\r\n") == "");
  CHECK(reason("* FLAGS (a b c d)\r\n") == "more than 3 flags in one list");
  CHECK(reason("* 1 FETCH (FLAGS (a b c d))\r\n") == "more than 3 flags in one list");
  CHECK(reason("* LIST (a b c d) \"/\" x\r\n") == "more than 3 flags in one list");
  CHECK(reason("* SEARCH 1 2 3\r\n") == "");
  CHECK(reason("* SEARCH 1 2 3 4\r\n") == "more than 3 numbers");
  CHECK(reason("* VANISHED 1,3,5\r\n") == "");
  CHECK(reason("* VANISHED 1,3,5,7\r\n") == "expected a set of at most 3 ranges of numbers, saw \"1,3,5,7\"");
  CHECK(reason("* ESEARCH ALL 1,3,5,7\r\n") == "expected a set of at most 3 ranges of numbers, saw \"1,3,5,7\"");
  CHECK(reason("* NAMESPACE ((a b)(a b)(a b)(a b)) NIL NIL\r\n") == "more than 3 namespaces");
  CHECK(reason("* 1 FETCH (BODY[] NIL BODY[] NIL BODY[] NIL)\r\n") == "");
  CHECK(reason("* 1 FETCH (BODY[] NIL BODY[] NIL BODY[] NIL BODY[] NIL)\r\n") == "more than 3 body sections");
}
