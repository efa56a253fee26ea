#include "imap/read_buffer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

using imapferry::imap::ReadBuffer;

namespace {

std::string_view text_of(const ReadBuffer& buffer) { return {buffer.data().data(), buffer.data().size()}; }

void receive(ReadBuffer& buffer, std::string_view bytes) {
  const std::span<char> space = buffer.prepare(bytes.size());
  REQUIRE(space.size() >= bytes.size());
  std::copy(bytes.begin(), bytes.end(), space.begin());
  buffer.commit(bytes.size());
}

}  // namespace

TEST_CASE("read buffer: keeps what was not consumed, in order") {
  ReadBuffer buffer;
  CHECK(buffer.data().empty());
  receive(buffer, "hello ");
  receive(buffer, "world");
  CHECK(text_of(buffer) == "hello world");
  buffer.consume(6);
  CHECK(text_of(buffer) == "world");
  receive(buffer, "!");
  CHECK(text_of(buffer) == "world!");
  buffer.consume(6);
  CHECK(buffer.data().empty());
  receive(buffer, "again");
  buffer.clear();
  CHECK(buffer.data().empty());
}

TEST_CASE("read buffer: grows while reads fill it, and only then") {
  ReadBuffer buffer;
  const std::size_t first = buffer.prepare(1).size();
  buffer.commit(1);
  buffer.consume(1);
  CHECK(buffer.prepare(1).size() == first);
  std::size_t before = first;
  for (int i = 0; i < 20; ++i) {
    const std::size_t room = buffer.prepare(1).size();
    CHECK(room >= before);
    before = room;
    buffer.commit(room);
    buffer.consume(room);
  }
  CHECK(before > first);
  // It does not grow for ever by itself, but has room for what is announced.
  CHECK(before <= 1 << 20);
  CHECK(buffer.prepare(3 << 20).size() >= 3 << 20);
}

TEST_CASE("read buffer: any sequence of reads and steps") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  ReadBuffer buffer;
  std::string expected;
  char next = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 5000, '\0');
    for (char& byte : bytes) byte = next++;
    receive(buffer, bytes);
    expected += bytes;
    const std::size_t consumed = std::min<std::size_t>(random() % 5200, expected.size());
    buffer.consume(consumed);
    expected.erase(0, consumed);
    REQUIRE((text_of(buffer) == expected));
  }
}

TEST_CASE("read buffer: a line without an end doubles it, so that no read is for a single byte") {
  imapferry::imap::ReadBuffer buffer;
  for (std::size_t held = 0; held < (std::size_t{1} << 20);) {
    const std::size_t space = buffer.prepare(1).size();
    CHECK(space >= std::min<std::size_t>(held, 4096));
    buffer.commit(space);
    held += space;
  }
}
