#include "imap/proto/labels.hpp"

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <string>

using namespace imapferry::imap::proto;

TEST_CASE("labels: a command carries one as a quoted string") {
  CHECK(label_item(LabelChange::add, "Muy Importante") == "+X-GM-LABELS.SILENT (\"Muy Importante\")");
  CHECK(label_item(LabelChange::remove, "\\Inbox") == "-X-GM-LABELS.SILENT (\"\\\\Inbox\")");
  CHECK(label_item(LabelChange::add, "a\") (\"b&AOk-{5}") == "+X-GM-LABELS.SILENT (\"a\\\") (\\\"b&AOk-{5}\")");
}

TEST_CASE("labels: what could become a command is not sent") {
  using namespace std::string_literals;
  for (const std::string& label :
       {""s, "a\r\nA1 DELETE INBOX"s, "a\nb"s, "a\0b"s, "caf\xC3\xA9"s, "\x7F"s, "\tb"s, std::string(1001, 'a')}) {
    CAPTURE(label);
    CHECK_FALSE(is_sendable_label(label));
    CHECK_THROWS_AS(static_cast<void>(label_item(LabelChange::add, label)), std::logic_error);
  }
  CHECK(is_sendable_label(std::string(1000, 'a')));
}

TEST_CASE("labels: two that differ in their case only are one") {
  const std::map<std::string, int, LabelLess> labels = {{"Work", 1}, {"\\Inbox", 2}};
  CHECK(labels.contains("WORK"));
  CHECK(labels.contains("\\INBOX"));
  CHECK_FALSE(labels.contains("Works"));
  CHECK_FALSE(labels.contains("Wor"));
}
