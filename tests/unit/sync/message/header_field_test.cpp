#include "../../data.hpp"
#include "sync/message/header_field.hpp"

#include <doctest/doctest.h>

#include <string>

using imapferry::sync::header_field;

TEST_CASE("header field: the first of that name, unfolded") {
  struct Case {
    std::string header;
    const char* value;
  };
  const Case cases[] = {
      {"", ""},
      {"Subject: hello\r\n", "hello"},
      {"Subject: hello", "hello"},
      {"subject:hello\r\n", "hello"},
      {"SUBJECT:  \t hello \r\n", "hello "},
      {"From: a\nSubject: bare line ends\nTo: b\n", "bare line ends"},
      {"From: a\r\nSubject: one\r\nSubject: two\r\n", "one"},
      {"Subject: folded\r\n over\r\n\tlines\r\nTo: b\r\n", "folded over\tlines"},
      {"Subject:\r\n only folded\r\n", " only folded"},
      {"Subject:\r\nTo: b\r\n", ""},
      {"Subject:", ""},
      {"X: Subject: no\r\n", ""},
      {"X: y\r\n Subject: folded, no field\r\n", ""},
      {"Subjects: no\r\n", ""},
      {"To: b\r\n\r\nSubject: in the body\r\n", ""},
      {"To: b\n\nSubject: in the body\n", ""},
      {"no field at all\r\nSubject: hello\r\n", "hello"},
      {"Subject: b\xFFytes\x01\r\n", "b\xFFytes\x01"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.header);
    CHECK(header_field(one.header, "subject") == one.value);
  }
}

TEST_CASE("header field: subjects as imapsync shows them, folded ones as a whole") {
  const auto facts = imapferry::testing::read_data("imapsync/output.json");
  for (const auto& fact : facts.at("subject")) {
    CAPTURE(fact.dump());
    CHECK(header_field(fact.at("header").get<std::string>(), "subject") == fact.at("subject").get<std::string>());
  }
}

TEST_CASE("header field: at most 200 bytes of it") {
  CHECK(header_field("Subject: " + std::string(300, 'x') + "\r\n", "subject") == std::string(200, 'x'));
  std::string folded = "Subject: x\r\n";
  for (int i = 0; i < 1000; ++i) folded += " " + std::string(60, 'y') + "\r\n";
  CHECK(header_field(folded, "subject").size() == 200);
}
