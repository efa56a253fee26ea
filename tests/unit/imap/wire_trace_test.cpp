#include "imap/wire_trace.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace imapferry::imap;

namespace {

using Direction = WireTrace::Direction;
constexpr auto sent = Direction::sent;
constexpr auto received = Direction::received;
using Talk = std::vector<std::pair<Direction, std::string>>;

class Heard : public WireListener {
 public:
  void on_wire(std::string_view line) override { text += std::string(line) + "\n"; }
  std::string text;
};

std::string heard(const Talk& talk, bool byte_by_byte = false) {
  Heard listener;
  WireTrace trace(listener, 1);
  for (const auto& [direction, bytes] : talk) {
    if (byte_by_byte) {
      for (const char byte : bytes) trace.feed(direction, std::string_view(&byte, 1));
    } else {
      trace.feed(direction, bytes);
    }
  }
  return listener.text;
}

void check(const Talk& talk, const std::string& expected) {
  CHECK(heard(talk) == expected);
  CHECK(heard(talk, true) == expected);
}

}  // namespace

TEST_CASE("wire trace: lines of both sides") {
  check({{received, "* OK hello\r\n"},
         {sent, "A1 CAPABILITY\r\n"},
         {received, "* CAPABILITY IMAP4rev1\r\nA1 OK \x1b[2J\r\n"}},
        "#1 < * OK hello\n#1 > A1 CAPABILITY\n#1 < * CAPABILITY IMAP4rev1\n#1 < A1 OK \\x1B[2J\n");
}

TEST_CASE("wire trace: no secret, in whatever way it is sent") {
  const std::string plain = "AHVzZXIAc2VjcmV0";
  check({{sent, "A1 AUTHENTICATE PLAIN " + plain + "\r\n"}, {received, "A1 OK in\r\n"}, {sent, "A2 NOOP\r\n"}},
        "#1 > A1 AUTHENTICATE PLAIN MASKED\n#1 < A1 OK in\n#1 > A2 NOOP\n");
  check({{sent, "A1 authenticate PLAIN\r\n"}, {received, "+ \r\n"}, {sent, plain + "\r\n"}, {received, "A1 OK in\r\n"}},
        "#1 > A1 authenticate PLAIN\n#1 < + MASKED\n#1 > MASKED\n#1 < A1 OK in\n");
  check({{sent, "A1 LOGIN user secret\r\n"}, {received, "* OK wait\r\nA1 NO sorry\r\n"}},
        "#1 > A1 LOGIN MASKED\n#1 < * OK wait\n#1 < A1 NO sorry\n");
  check({{sent, "A1 LOGIN {4}\r\n"},
         {received, "+ go on\r\n"},
         {sent, "user {6+}\r\nsecret\r\n"},
         {received, "A1 OK in\r\n"},
         {sent, "A2 LIST \"\" *\r\n"}},
        "#1 > A1 LOGIN MASKED\n#1 < + MASKED\n#1 > MASKED (4 bytes)\n#1 > MASKED\n#1 > MASKED (6 bytes)\n#1 > MASKED\n"
        "#1 < A1 OK in\n#1 > A2 LIST \"\" *\n");
  check(
      {{sent, "A1 X-MASTERAUTH\r\n"}, {received, "+ challenge\r\n"}, {sent, "digest\r\n"}, {received, "A1 OK in\r\n"}},
      "#1 > A1 X-MASTERAUTH\n#1 < + MASKED\n#1 > MASKED\n#1 < A1 OK in\n");
  // A server that pretends to begin a literal cannot end the mask.
  check({{received, "* OK {1000}\r\n"},
         {sent, "A1 LOGIN user secret\r\n"},
         {received, "A1 OK\r\n"},
         {sent, "secret\r\n"}},
        "#1 < * OK {1000}\n#1 > A1 LOGIN MASKED\n#1 > MASKED\n");
}

TEST_CASE("wire trace: of literals the beginning, and the line goes on behind them") {
  const std::string message = "Subject: x\r\n\r\n" + std::string(500, 'y');
  const std::string shown = "Subject: x\\x0D\\x0A\\x0D\\x0A" + std::string(66, 'y') + "... (514 bytes)\n";
  check({{received, "* 1 FETCH (UID 7 BODY[] {514}\r\n" + message + " FLAGS ())\r\nA3 OK\r\n"}},
        "#1 < * 1 FETCH (UID 7 BODY[] {514}\n#1 < " + shown + "#1 <  FLAGS ())\n#1 < A3 OK\n");
  check({{sent, "A4 APPEND In () {514+}\r\n" + message + " () {0}\r\n\r\n"}, {received, "A4 OK\r\n"}},
        "#1 > A4 APPEND In () {514+}\n#1 > " + shown + "#1 >  () {0}\n#1 > \n#1 < A4 OK\n");
}

TEST_CASE("wire trace: a literal that the server does not want never comes") {
  check({{sent, "A5 APPEND In {310}\r\n"}, {received, "A5 NO full\r\n"}, {sent, "A6 LOGOUT\r\n"}},
        "#1 > A5 APPEND In {310}\n#1 < A5 NO full\n#1 > A6 LOGOUT\n");
}

TEST_CASE("wire trace: an endless line is cut, and the literal at its end is found") {
  const std::string text =
      heard({{received, "* LIST () \"/\" " + std::string(100'000, 'z')}, {received, " {3}\r\nabc\r\n"}});
  CHECK(text.size() < 2500);
  CHECK(text.find("#1 < abc (3 bytes)\n") != std::string::npos);
}
