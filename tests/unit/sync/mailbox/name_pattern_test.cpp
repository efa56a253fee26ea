#include "sync/mailbox/name_pattern.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace imapferry;
using sync::NamePattern;

TEST_CASE("name pattern: Perl's expressions") {
  struct Row {
    const char* pattern;
    std::string name;
    bool matches;
  };
  const std::vector<Row> rows = {
      {"New1", "INBOX.New10", true},
      {"^INBOX.yop", "INBOX.yop.x", true},
      {"^INBOX.yop$", "INBOX.yop.x", false},
      {"^(?i)INBOX.YOP", "inbox.yop", true},
      {"^INBOX.blanc\\smiddle", "INBOX.blanc middle", true},
      {"[ ]", "a b", true},
      {"^(?!Trash)", "Trash", false},
      {"(?<=/)x", "a/x", true},
      {"\\Q[Gmail]\\E$", "[Gmail]", true},
      {"^.$", "\xC3\xA9", true},
      {"^\\w+$", "\xC3\xA9t\xC3\xA9", true},
      {"(?i)\xC3\x89", "\xC3\xA9", true},
      {"", "", true},
      {"^$", "", true},
      {"x", "", false},
      {"b", "\xFFzb", true},
      {"^.b",
       "\xFF"
       "b",
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.name);
    const core::Result<NamePattern> pattern = NamePattern::compile(row.pattern);
    REQUIRE(pattern.has_value());
    const core::Result<bool> found = pattern->matches(row.name);
    REQUIRE(found.has_value());
    CHECK(*found == row.matches);
  }
  CHECK(*NamePattern::compile("^$")->matches({}));
}

TEST_CASE("name pattern: one that does not compile says where") {
  const core::Result<NamePattern> pattern = NamePattern::compile("Sent(");
  REQUIRE(pattern.has_error());
  CHECK(pattern.error().fault == core::Fault::usage);
  CHECK(pattern.error().message ==
        "the regular expression \"Sent(\" does not compile, at byte 5: missing closing parenthesis");
  CHECK(NamePattern::compile("\xFF").has_error());
  CHECK(NamePattern::compile("(?{1})").has_error());
}

TEST_CASE("name pattern: endless backtracking is ended") {
  const core::Result<NamePattern> pattern = NamePattern::compile("^(a+)+$");
  REQUIRE(pattern.has_value());
  const core::Result<bool> found = pattern->matches(std::string(60, 'a') + "!");
  REQUIRE(found.has_error());
  CHECK(found.error().fault == core::Fault::usage);
  CHECK(found.error().message.find("match limit exceeded") != std::string::npos);
  CHECK(*pattern->matches("aaa"));
}
