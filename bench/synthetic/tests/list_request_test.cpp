#include "list_request.hpp"
#include "sequence_set.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace imapferry;
using namespace imapferry::bench::synthetic;

TEST_CASE("list: wild cards") {
  struct Case {
    const char* pattern;
    const char* name;
    bool fits;
  };
  const Case cases[] = {
      {"*", "INBOX", true}, {"*", "a/b", true},
      {"%", "a/b", false},  {"%", "ab", true},
      {"a/%", "a/b", true}, {"a/%", "a/b/c", false},
      {"%/%", "a/b", true}, {"", "a", false},
      {"a", "a", true},     {"a", "ab", false},
      {"ab", "a", false},   {"*b", "aab", true},
      {"*b", "aba", false}, {"a*", "a", true},
      {"a%*%", "a", true},  {"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
  };
  for (const Case& example : cases) {
    CAPTURE(example.pattern);
    CAPTURE(example.name);
    CHECK(matches(example.pattern, example.name) == example.fits);
  }
}

TEST_CASE("list: what a client may ask for") {
  const auto read = [](std::string_view text, ListRequest& request) {
    imap::proto::Scratch scratch;
    const imap::proto::ParserLimits limits;
    imap::proto::Lexer lexer(text, scratch, limits);
    return read_list_request(lexer, request);
  };
  ListRequest request;
  REQUIRE(read(R"("" "*" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UIDNEXT)))", request));
  CHECK(request.returns_subscribed);
  CHECK_FALSE(request.only_subscribed);
  CHECK(request.status_items == "MESSAGES UIDNEXT");
  CHECK(request.asks_for("anything"));

  ListRequest some;
  REQUIRE(read(R"((SUBSCRIBED) "Box/" ("a" inbox))", some));
  CHECK(some.only_subscribed);
  CHECK(some.asks_for("Box/a"));
  CHECK_FALSE(some.asks_for("a"));

  ListRequest delimiter;
  REQUIRE(read(R"("" "")", delimiter));
  CHECK(delimiter.asks_for_delimiter());

  for (const char* text :
       {"", "\"\"", "\"\" \"*\" RETURN", "\"\" \"*\" RETURN (", "\"\" (\"a\"", "\"\" \"*\" OTHER (X)"}) {
    ListRequest bad;
    CAPTURE(text);
    CHECK_FALSE(read(text, bad));
  }
}

TEST_CASE("sequence set: ranges in either order, and the star") {
  struct Case {
    const char* text;
    std::uint32_t largest;
    const char* set;  // null: not well formed
  };
  const Case cases[] = {
      {"1:5,7", 9, "1:5,7"}, {"5:1", 9, "1:5"},  {"*", 9, "9"},     {"7:*", 9, "7:9"},
      {"12:*", 9, "9:12"},   {"*:3", 9, "3:9"},  {"", 9, nullptr},  {"0", 9, nullptr},
      {"1:", 9, nullptr},    {"1,", 9, nullptr}, {"a", 9, nullptr}, {"99999999999", 9, nullptr},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    const auto set = parse_sequence_set(example.text, example.largest);
    REQUIRE(set.has_value() == (example.set != nullptr));
    if (set) CHECK(set->to_string() == example.set);
  }
}
