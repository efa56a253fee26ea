#include "sync/message/identity.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace imapferry::sync;
using namespace std::string_literals;

namespace {

const IdentityRule key(IdentityKey{{0x1122334455667788U, 0x99aabbccddeeff00U}});

IdentityResult of_header(std::string_view header) { return identity_of_header(key, header); }

std::optional<Identity> of_fields(std::string_view fields) {
  Identity identity;
  if (!identity_of_fields(key, fields, identity)) return std::nullopt;
  return identity;
}

}  // namespace

TEST_CASE("identity: a line has the identity of its normal form") {
  struct Row {
    std::string line;
    std::string normal;
  };
  const std::vector<Row> rows = {
      {"Received: from a@b", "RECEIVED: FROM A@B"},
      {"Message-ID: <Case@X.Example>", "MESSAGE-ID: <CASE@X.EXAMPLE>"},
      {"message-id: <case@x>", "MESSAGE-ID: <CASE@X>"},
      {"Message-Id: <a\r\n b@c>", "MESSAGE-ID: <A B@C>"},
      {"Message-ID:\r\n <folded@x>", "MESSAGE-ID: <FOLDED@X>"},
      {"Message-ID:<none@x>", "MESSAGE-ID: <NONE@X>"},
      {"Message-Id : <blank@x>", "MESSAGE-ID: <BLANK@X>"},
      {"message-id: @only", "MESSAGE-ID: @ONLY"},
      {"Message-Id: noat", "MESSAGE-ID: NOAT"},
      {"Message-Id: \t <ends@x>  ", "MESSAGE-ID: <ENDS@X>"},
      {"Message-Id: <caf\xC3\xA9@x>", "MESSAGE-ID: <CAFXX@X>"},
      {"Message-Id: <\x80\xFF>", "MESSAGE-ID: <XX>"},
      {"Message-Id: <nul\0@x>"s, "MESSAGE-ID: <NULX@X>"},
      {"hhh: aa  bb   ccc d", "HHH: AA BB CCC D"},
      {"hhh: vvv\t\txx\tyy", "HHH: VVV XX YY"},
      {"hhh: AB\xFF", "HHH: ABX"},
      {"Subject: \xC3\xA9t\xC3\xA9", "SUBJECT: XXTXX"},
      {"K5 BLANC:  V5", "K5 BLANC: V5"},
      {"K2: v\r\n  more\r\n\tmore2", "K2: V MORE MORE2"},
      {"no field at all", "NO FIELD AT ALL"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    for (const std::string end : {"\r\n\r\n", "\n\n", "\r\n", "\n", ""}) {
      CHECK(of_header(row.line + end).identity == of_header(row.normal).identity);
    }
  }
  for (const Row& a : rows) {
    for (const Row& b : rows) {
      if (a.normal != b.normal) CHECK(of_header(a.line).identity != of_header(b.line).identity);
    }
  }
}

TEST_CASE("identity: which lines make it") {
  const Identity both = of_header("Message-Id: <A@b>\r\nReceived: r2\r\nReceived: r1\r\n\r\n").identity;
  SUBCASE("their order does not matter") {
    CHECK(of_header("Received: r1\nMessage-ID: <A@b>\nReceived: r2\n\n").identity == both);
  }
  SUBCASE("other fields do not matter, nor does the body") {
    CHECK(of_header("Subject: x\nMessage-ID: <A@b>\nDate: d\nReceived: r1\nReceived: r2\n\nReceived: r3\n").identity ==
          both);
  }
  SUBCASE("each Received line does, and how often it is there") {
    CHECK(of_header("Message-ID: <A@b>\nReceived: r1\n").identity != both);
    CHECK(of_header("Message-ID: <A@b>\nMessage-ID: <A@b>\n").identity != of_header("Message-ID: <A@b>\n").identity);
  }
  SUBCASE("a field is not mixed up with the text of another line") {
    CHECK(of_header("X: 1\n Message-Id: <a@b>\n").source == IdentitySource::whole_header);
    CHECK(of_header("Message-Id-X: <a@b>\n").source == IdentitySource::whole_header);
    CHECK(of_header(" Message-Id: <a@b>\n").source == IdentitySource::whole_header);
    CHECK(of_header("Message-Id\n : <a@b>\n").source == IdentitySource::whole_header);
    CHECK(of_header(": <a@b>\n").source == IdentitySource::whole_header);
  }
  SUBCASE("two lines are not one longer line") {
    CHECK(of_header("Received: a\nReceived: b\n").identity != of_header("Received: aReceived: b\n").identity);
  }
}

TEST_CASE("identity: a field without a value does not count") {
  CHECK_FALSE(of_fields(""));
  CHECK_FALSE(of_fields("\r\n"));
  CHECK_FALSE(of_fields("Message-Id:\r\n\r\n"));
  CHECK_FALSE(of_fields("Message-Id: \t\r\n \r\n\r\n"));
  CHECK_FALSE(of_fields("Message-Id: <>\r\nReceived:\r\n\r\n"));
  CHECK_FALSE(of_fields("Subject: x\r\n\r\n"));
  CHECK(of_fields("Message-Id: \r\nReceived: r\r\n\r\n") == of_fields("Received: r\r\n\r\n"));

  // imapsync takes these two for one message and never copies the second.
  const IdentityResult a = of_header("Message-ID: \r\nSubject: a\r\n\r\n");
  const IdentityResult b = of_header("Message-ID: \r\nSubject: b\r\n\r\n");
  CHECK(a.source == IdentitySource::whole_header);
  CHECK(a.identity != b.identity);
}

TEST_CASE("identity: without Message-Id and Received the whole header counts") {
  const IdentityResult plain = of_header("Subject: s\r\nFrom: f\r\n\r\nbody");
  CHECK(plain.source == IdentitySource::whole_header);
  CHECK(of_header("From:  F\nsubject: s\n\nother body").identity == plain.identity);
  CHECK(of_header("From: f\nSubject: s\nSubject: s\n\n").identity != plain.identity);
  CHECK(of_header("From: f\n\nSubject: s\n").identity != plain.identity);
}

TEST_CASE("identity: an empty header is an identity of its own") {
  const IdentityResult nothing = of_header("");
  CHECK(nothing.source == IdentitySource::whole_header);
  CHECK(of_header("\r\nbody: x\r\n").identity == nothing.identity);
  CHECK(of_header("\n").identity == nothing.identity);
  CHECK(of_header("x").identity != nothing.identity);
}

TEST_CASE("identity: the classes of imapsync's own trial mailbox") {
  const std::vector<std::string> headers = {
      "Message-ID: <dup@x>\r\nSubject: 1\r\n\r\n",
      "Message-ID: <dup@x>\r\nSubject: 2\r\n\r\n",
      "Subject: no id\r\nFrom: a@b\r\n\r\n",
      "\r\n",
      "Message-Id: <Case@X>\r\n\r\n",
      "message-id: <case@x>\r\n\r\n",
      "Message-ID:\r\n <folded@x>\r\n\r\n",
      "Message-ID: <lat\xEDn@x>\r\n\r\n",
      "Received: from a\r\nReceived: from b\r\n\r\n",
  };
  const std::vector<int> classes = {1, 1, 3, 4, 5, 5, 7, 8, 9};
  for (std::size_t i = 0; i < headers.size(); ++i) {
    for (std::size_t j = 0; j < headers.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK((of_header(headers[i]).identity == of_header(headers[j]).identity) == (classes[i] == classes[j]));
    }
  }
}

TEST_CASE("identity: a colliding text in the other domain is another identity") {
  // The line of a whole header can be made to read like a listed field, but not to be one.
  Identity listed;
  REQUIRE(identity_of_fields(key, "Received: x\n", listed));
  CHECK(of_header(" Received: x\n").identity != listed);
}

TEST_CASE("header of a message: up to and including its empty line") {
  CHECK(header_of("A: b\r\n\r\nbody") == "A: b\r\n\r\n");
  CHECK(header_of("A: b\n\nbody\n\n") == "A: b\n\n");
  CHECK(header_of("A: b\r\nC: d") == "A: b\r\nC: d");
  CHECK(header_of("\r\nbody") == "\r\n");
  CHECK(header_of("\n\n") == "\n");
  CHECK(header_of("A: b\r\n \r\n c\r\n\r\nbody") == "A: b\r\n \r\n c\r\n\r\n");
  CHECK(header_of("A: b\r\n\rx\r\n\r\n") == "A: b\r\n\rx\r\n\r\n");
  CHECK(header_of("").empty());
}

namespace {

struct HeaderLine {
  std::string name;
  std::string value;  ///< folded with "\n "
};

std::string random_value(std::mt19937& random) {
  static const std::string alphabet = "abcXYZ019<>@.-:; \t\x80\xE9";
  std::string value;
  for (std::size_t n = random() % 20; n > 0; --n) {
    if (random() % 8 == 0) value += random() % 2 == 0 ? "\n " : "\n\t";
    value += alphabet[random() % alphabet.size()];
  }
  return value;
}

std::vector<HeaderLine> random_header(std::mt19937& random) {
  static const std::vector<std::string> names = {"Message-Id", "message-ID", "Received",
                                                 "RECEIVED",   "Subject",    "X-Received"};
  std::vector<HeaderLine> lines(random() % 7);
  for (HeaderLine& line : lines) line = {names[random() % names.size()], random_value(random)};
  return lines;
}

bool is_listed(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name == "message-id" || name == "received";
}

enum class Which { all, listed };

std::string text_of(const std::vector<HeaderLine>& lines, Which which, std::string_view line_end) {
  std::string text;
  for (const HeaderLine& line : lines) {
    if (which == Which::listed && !is_listed(line.name)) continue;
    for (const char c : line.name + ": " + line.value + "\n") {
      if (c == '\n') {
        text += line_end;
      } else {
        text += c;
      }
    }
  }
  return text.append(line_end);
}

}  // namespace

TEST_CASE("identity: the listed fields and the whole header give the same") {
  const unsigned seed = 20240611;
  CAPTURE(seed);
  std::mt19937 random(seed);
  int listed = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<HeaderLine> lines = random_header(random);
    const std::string full = text_of(lines, Which::all, "\r\n") + "Message-Id: <body>\r\n";
    CAPTURE(full);
    const IdentityResult result = of_header(full);
    const std::optional<Identity> from_fields = of_fields(text_of(lines, Which::listed, "\n"));
    REQUIRE(from_fields.has_value() == (result.source == IdentitySource::listed_fields));
    if (from_fields) {
      ++listed;
      REQUIRE(*from_fields == result.identity);
      REQUIRE(of_fields(full) == from_fields);
    }
    std::shuffle(lines.begin(), lines.end(), random);
    REQUIRE(of_header(text_of(lines, Which::all, "\n")).identity == result.identity);
    REQUIRE(of_header(header_of(full)).identity == result.identity);
  }
  CHECK(listed > 1000);
  CHECK(listed < 2900);
}

TEST_CASE("identity: any other letter in a value makes another message") {
  const unsigned seed = 77;
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string header = "Message-Id: <abcdef@example.org>\r\nReceived: from one by two\r\n\r\n";
  const Identity original = of_header(header).identity;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool is_in_value = (i > 11 && i < 32) || (i > 43 && i < 58);
    if (!is_in_value || header[i] == ' ') continue;
    std::string changed = header;
    changed[i] = static_cast<char>('0' + random() % 10);
    CAPTURE(i);
    CHECK(of_header(changed).identity != original);
  }
}
