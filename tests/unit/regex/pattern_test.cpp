#include "regex/pattern.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using regex::Alphabet;
using regex::Match;
using regex::Modifiers;
using regex::Pattern;

TEST_CASE("pattern: bytes and characters") {
  CHECK(*Pattern::compile("^.$", Alphabet::utf8)->matches("\xC3\xA9"));
  CHECK_FALSE(*Pattern::compile("^.$", Alphabet::bytes)->matches("\xC3\xA9"));
  CHECK(*Pattern::compile("^\\xC3.$", Alphabet::bytes)->matches("\xC3\xA9"));
  CHECK(*Pattern::compile("\\w", Alphabet::utf8)->matches("\xC3\xA9"));
  CHECK_FALSE(*Pattern::compile("\\w", Alphabet::bytes)->matches("\xE9"));
  CHECK(Pattern::compile("(*UTF)a", Alphabet::bytes).has_error());
  CHECK(*Pattern::compile("a\\x00b", Alphabet::bytes)->matches(std::string_view("a\0b", 3)));
}

TEST_CASE("pattern: only LF ends a line") {
  CHECK(*Pattern::compile("a.$", Alphabet::bytes)->matches("a\r\nb\r\n") == false);
  CHECK(*Pattern::compile("b.$", Alphabet::bytes)->matches("a\r\nb\r\n"));
  Modifiers lines;
  lines.multiline = true;
  CHECK(*Pattern::compile("a.$", Alphabet::bytes, lines)->matches("a\r\nb\r\n"));
}

TEST_CASE("pattern: one that does not compile says where") {
  const core::Result<Pattern> pattern = Pattern::compile("Sent(", Alphabet::bytes);
  REQUIRE(pattern.has_error());
  CHECK(pattern.error().fault == core::Fault::usage);
  CHECK(pattern.error().message ==
        "the regular expression \"Sent(\" does not compile, at byte 5: missing closing parenthesis");
}

TEST_CASE("pattern: Perl code is refused by name") {
  for (const char* text : {"a(?{1})", "(??{$x})"}) {
    const core::Result<Pattern> pattern = Pattern::compile(text, Alphabet::bytes);
    REQUIRE(pattern.has_error());
    CHECK(pattern.error().message.find("it holds Perl code, which is never run here") != std::string::npos);
  }
  CHECK(Pattern::compile("\\(?{1", Alphabet::bytes).has_value());
}

TEST_CASE("pattern: endless backtracking is ended") {
  for (const char* text : {"^(a+)+$", "^(?:a|aa)+$", "(a*)*b", "(?:(?:a?)+)+c"}) {
    CAPTURE(text);
    const core::Result<Pattern> pattern = Pattern::compile(text, Alphabet::bytes);
    REQUIRE(pattern.has_value());
    const core::Result<bool> found = pattern->matches(std::string(400, 'a') + "!");
    if (found.has_error()) CHECK(found.error().fault == core::Fault::usage);
    CHECK((found.has_error() || !*found));
  }
}

TEST_CASE("pattern: a deep match on a large text has the memory it needs, or says so") {
  const core::Result<Pattern> pattern = Pattern::compile("\\A((?:[^\\n]+\\n)+|)^X", Alphabet::bytes, [] {
    Modifiers lines;
    lines.multiline = true;
    return lines;
  }());
  REQUIRE(pattern.has_value());
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "a line of text\n";
  CHECK(*pattern->matches(text + "X") == true);
}

TEST_CASE("pattern: groups") {
  const core::Result<Pattern> pattern = Pattern::compile("(?<first>a)|(b)", Alphabet::bytes);
  REQUIRE(pattern.has_value());
  CHECK(pattern->group_count() == 2);
  CHECK(pattern->group_named("first") == std::optional<std::size_t>(1));
  CHECK_FALSE(pattern->group_named("second").has_value());
  Match match;
  REQUIRE(*pattern->find("xb", 0, Pattern::Start::any, match));
  CHECK(match.whole().begin == 1);
  CHECK_FALSE(match.has(1));
  CHECK(match.text_of(2, "xb") == "b");
  CHECK_FALSE(match.has(3));
}
