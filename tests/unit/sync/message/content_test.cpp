#include "sync/message/content.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace imapferry::sync;
using namespace std::string_literals;

namespace {

constexpr imapferry::core::HashKey key{{1, 2}};

Content content_of(std::string_view message) {
  ContentHasher hasher(key);
  hasher.update(message);
  return hasher.finish();
}

}  // namespace

TEST_CASE("content: every byte makes a difference") {
  CHECK(content_of("a: b\r\n\r\nbody\r\n") == content_of("a: b\r\n\r\nbody\r\n"));
  CHECK(content_of("a: b\r\n\r\nbody\r\n") != content_of("a: b\r\n\r\nBody\r\n"));
  CHECK(content_of("a\r\n\r\nb") != content_of("a\r\nb"));
  CHECK(content_of("a\r\n\r\nb") != content_of("a\r\n\r\nb "));
  CHECK(content_of("") != content_of("a"));
}

TEST_CASE("content: but not what servers change") {
  CHECK(content_of("a\nb\n") == content_of("a\r\nb\r\n"));
  CHECK(content_of("a\r\nb") == content_of("a\r\nb\r\n\r\n"));
  CHECK(content_of("a\0b"s) == content_of("a\x80"
                                          "b"));
  CHECK(content_of("a\r\n\0"s) == content_of("a\r\n\x80"));
}

TEST_CASE("content: of the body alone") {
  const auto body_of = [](std::string_view message) {
    ContentHasher hasher(key, ContentHasher::Part::body);
    for (const char& c : message) hasher.update({&c, 1});
    return hasher.finish();
  };
  CHECK(body_of("a: b\r\nc: d\r\n\r\nbody\r\n") == body_of("x: y\n\nbody"));
  CHECK(body_of("a: b\r\n\r\nbody\r\n\r\nmore\r\n") != body_of("a: b\r\n\r\nbody\r\n\r\nMore\r\n"));
  CHECK(body_of("a: b\r\n\r\nbody") != body_of("a: b\r\n\r\nBody"));
  CHECK(body_of("\r\nbody") != body_of("\r\nBody"));
  CHECK(body_of("a: b\r\n") == body_of("c: d\r\n\r\n"));
}

TEST_CASE("content: where it is cut makes no difference") {
  const unsigned seed = 20;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::string message;
    for (std::size_t i = random() % 60; i > 0; --i) message += "a\r\n\0b\x80"s[random() % 6];
    ContentHasher hasher(key);
    std::string_view rest = message;
    while (!rest.empty()) {
      const std::size_t part = 1 + random() % rest.size();
      hasher.update(rest.substr(0, part));
      rest.remove_prefix(part);
    }
    CHECK(hasher.finish() == content_of(message));
  }
}
