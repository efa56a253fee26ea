#include "regex/substitution.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using regex::Substitution;

TEST_CASE("transliteration: as Perl does it") {
  struct Row {
    const char* expression;
    std::string text, expected;
  };
  const std::vector<Row> rows = {
      {"tr/a-z/A-Z/", "aBc", "ABC"},   {"y/a/b/", "aab", "bbb"},
      {"tr/a-b/x/d", "aab", "xx"},     {"tr/ab/xy/s", "aabb", "xy"},
      {"tr/a-z//cd", "aXbY", "ab"},    {"tr/a-c/A-C/r", "abc", "abc"},
      {"tr/abc/d/", "abc", "ddd"},     {"tr/a-z/A-M/", "abcz", "ABCM"},
      {"tr/a\\-b/xyz/", "a-b", "xyz"}, {"tr/-a/xy/", "a-b", "yxb"},
      {"tr/a-/x/d", "a--b", "xb"},     {"tr/a-c//s", "aabbcc", "abc"},
      {"tr/a//d", "banana", "bnn"},    {"tr/aa/xy/", "aab", "xxb"},
      {"tr/ab/xyz/c", "abcd", "abzz"}, {"tr/a/x/s", "xaax", "xxx"},
      {"tr/a/\\n/", "aba", "\nb\n"},   {"tr [\\x80-\\xff] [X]", "a\xE9z", "aXz"},
      {"tr#/#.#", "a/b", "a.b"},       {"tr/\\0-\\x1f/ /", std::string("a\0b\tc", 5), "a b c"},
      {"tr'a\\x62'xy'", "abc", "xbc"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    const core::Result<Substitution> parsed = Substitution::parse(row.expression);
    REQUIRE(parsed.has_value());
    CHECK(*parsed->apply(row.text) == row.expected);
  }
}

TEST_CASE("transliteration: what cannot be meant is refused") {
  for (const char* expression : {"tr/c-a/x/", "tr/a/b/g", "tr/a/", "tr/\\x{263a}/x/", "tr"}) {
    CAPTURE(expression);
    CHECK(Substitution::parse(expression).has_error());
  }
}
