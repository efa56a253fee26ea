#include "core/failure.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry::core;

TEST_CASE("failure: says on the way up where it happened, and keeps the server's words apart") {
  const Failure failure{Fault::create, "CREATE was refused", "no \x1B[31mway"};
  const Failure outer = failure.within("folder a").within("account bob");
  CHECK(outer.fault == Fault::create);
  CHECK(outer.message == "account bob: folder a: CREATE was refused");
  CHECK(outer.server_text == failure.server_text);
  CHECK(outer.describe() == "account bob: folder a: CREATE was refused (the server says: \"no \\x1B[31mway\")");
  CHECK(Failure{Fault::usage, "what", {}}.describe() == "what");
}

TEST_CASE("failure: what may pass by itself") {
  struct Case {
    Fault fault;
    bool is_transient;
    std::string_view name;
  };
  const Case cases[] = {
      {Fault::usage, false, "usage"},
      {Fault::input, false, "input"},
      {Fault::connect, true, "connect"},
      {Fault::tls, false, "tls"},
      {Fault::certificate, false, "certificate"},
      {Fault::authentication, false, "authentication"},
      {Fault::protocol, false, "protocol"},
      {Fault::timeout, true, "timeout"},
      {Fault::closed, true, "closed"},
      {Fault::unavailable, true, "unavailable"},
      {Fault::create, false, "create"},
      {Fault::select, false, "select"},
      {Fault::fetch, false, "fetch"},
      {Fault::append, false, "append"},
      {Fault::quota, false, "quota"},
      {Fault::flags, false, "flags"},
      {Fault::cancelled, false, "cancelled"},
      {Fault::internal, false, "internal"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    CHECK(is_transient(one.fault) == one.is_transient);
    CHECK(name_of(one.fault) == one.name);
  }
}

TEST_CASE("printable: control characters and what is no UTF-8 are escaped") {
  struct Case {
    std::string text;
    const char* shown;
  };
  const Case cases[] = {
      {"", ""},
      {"plain text, \"quoted\"", "plain text, \"quoted\""},
      {"tab\tand\r\nlines", "tab\\x09and\\x0D\\x0Alines"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"\x1B[31m\x7F", "\\x1B[31m\\x7F"},
      {"M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x93\xA7", "M\xC3\xBCller \xE2\x82\xAC \xF0\x9F\x93\xA7"},
      // C1 control characters: terminals obey them as well.
      {"\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", "\\xC2\\x80\\xC2\\x9B\\xC2\\x9F\xC2\xA0"},
      {"M\xFCller", "M\\xFCller"},
      {"\x80\xBF", "\\x80\\xBF"},
      // Overlong forms.
      {"\xC0\xAF", "\\xC0\\xAF"},
      {"\xC1\xBF", "\\xC1\\xBF"},
      {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},
      {"\xE0\x9F\xBF", "\\xE0\\x9F\\xBF"},
      {"\xF0\x8F\xBF\xBF", "\\xF0\\x8F\\xBF\\xBF"},
      // Surrogates, and beyond U+10FFFF.
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},
      {"\xED\x9F\xBF", "\xED\x9F\xBF"},
      {"\xEE\x80\x80", "\xEE\x80\x80"},
      {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},
      {"\xF5\x80\x80\x80", "\\xF5\\x80\\x80\\x80"},
      {"\xFF\xFE", "\\xFF\\xFE"},
      // Cut off.
      {"\xC3", "\\xC3"},
      {"\xE2\x82", "\\xE2\\x82"},
      {"\xF0\x9F\x93", "\\xF0\\x9F\\x93"},
      {"\xE2\x82x", "\\xE2\\x82x"},
      {"\xC3\xC3\xBC", "\\xC3\xC3\xBC"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.shown));
    CHECK(printable(one.text) == one.shown);
  }
}

TEST_CASE("printable: a long text is cut, between characters") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdefg", 6) == "abcdef...");
  CHECK(printable("abc\xC3\xBC"
                  "def",
                  4) == "abc\xC3\xBC...");
  CHECK(printable("\x01\x02\x03", 5) == "\\x01\\x02...");
  CHECK(printable("a", 0) == "...");
  CHECK(printable("", 0) == "");
  CHECK(printable(std::string(10'000, 'x')).size() == 303);
}

TEST_CASE("error: carries its failure, and shows it") {
  const Error error(Fault::closed, "the end", "by\re");
  CHECK(error.failure().fault == Fault::closed);
  CHECK(std::string(error.what()) == "the end (the server says: \"by\\x0De\")");
}

TEST_CASE("result: its value, or an error that is thrown when the value is asked for all the same") {
  const Result<int> good = 5;
  CHECK(good.value() == 5);
  const Result<int> bad = Failure{Fault::quota, "full", {}};
  CHECK(!bad);
  CHECK(bad.error().fault == Fault::quota);
  CHECK_THROWS_WITH_AS(bad.value(), "full", Error);
}
