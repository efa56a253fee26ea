#include "regex/predicate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using regex::Predicate;

TEST_CASE("predicate: every way to write a match") {
  for (const char* expression : {"/b/", "m/b/", "m{b}", "m,b,", " m#b# ", "/B/i", "m[b]x", "m|b|;", "/b/o"}) {
    CAPTURE(expression);
    const core::Result<Predicate> predicate = Predicate::parse(expression);
    REQUIRE(predicate.has_value());
    CHECK(*predicate->matches("abc"));
    CHECK_FALSE(*predicate->matches("xyz"));
  }
}

TEST_CASE("predicate: variables in it") {
  const regex::Variables variables = {{"h2_prefix", "IN."}};
  CHECK(*Predicate::parse("/^\\Q${h2_prefix}\\Ex$/", variables)->matches("IN.x"));
  CHECK_FALSE(*Predicate::parse("/^\\Q$mysync->{h2_prefix}\\Ex$/", variables)->matches("INax"));
  CHECK(*Predicate::parse("/^${h2_prefix}x$/", variables)->matches("INax"));
}

TEST_CASE("predicate: anything else is refused") {
  for (const char* expression : {"", "[", "b", "s/a/b/", "/a/; /b/", "/a/ && /b/", "/a", "/(/", "/a/e", "/a(?{1})/"}) {
    CAPTURE(expression);
    const core::Result<Predicate> predicate = Predicate::parse(expression);
    REQUIRE(predicate.has_error());
    CHECK(predicate.error().fault == core::Fault::usage);
  }
}
