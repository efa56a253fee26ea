#include "command_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

using namespace imapferry::bench::synthetic;
using Event = CommandReader::Event;

namespace {

enum class Literals { keep, stream, drop_synchronising };

/// What a reader makes of `input` in pieces of `step` bytes: "C:text" for commands, "L:size" and "D:bytes" for
/// literals.
std::string story(std::string_view input, std::size_t step, Literals how) {
  CommandReader reader;
  std::string told;
  std::string data;
  for (;;) {
    switch (reader.next()) {
    case Event::need_input: {
      if (input.empty()) return told;
      const std::span<char> room = reader.room();
      const std::size_t size = std::min({step, input.size(), room.size()});
      std::memcpy(room.data(), input.data(), size);
      reader.received(size);
      input.remove_prefix(size);
      break;
    }
    case Event::literal:
      told += "L:" + std::to_string(reader.literal().size) + (reader.literal().is_synchronising ? " " : "+ ");
      if (how == Literals::keep) reader.keep();
      if (how == Literals::stream) reader.stream();
      if (how == Literals::drop_synchronising) reader.drop();
      break;
    case Event::data:
      data += reader.data();
      if (reader.is_literal_over()) told += "D:" + std::exchange(data, {}) + " ";
      break;
    case Event::command: told += "C:" + std::string(reader.text()) + " "; break;
    case Event::too_long: return told + "too long";
    }
  }
}

}  // namespace

TEST_CASE("command reader: the same events however the bytes arrive") {
  struct Case {
    std::string_view input;
    Literals how;
    std::string_view told;
  };
  const Case cases[] = {
      {"a NOOP\r\nb LOGOUT\r\n", Literals::keep, "C:a NOOP C:b LOGOUT "},
      {"a NOOP\n\r\n", Literals::keep, "C:a NOOP C: "},
      {"a LOGIN {3}\r\nbob {2+}\r\npw\r\n", Literals::keep, "L:3 L:2+ C:a LOGIN {3}\r\nbob {2+}\r\npw "},
      {"a APPEND x {4+}\r\n\r\n\n{ {0}\r\n\r\nb NOOP\r\n", Literals::stream, "L:4+ D:\r\n\n{ L:0 D: C: C:b NOOP "},
      {"a APPEND x (\\Seen) {10}\r\nb NOOP\r\n", Literals::drop_synchronising, "L:10 C:b NOOP "},
      {"a X {x}\r\nb {}\r\nc 5}\r\n", Literals::keep, "C:a X {x} C:b {} C:c 5} "},
      {"a NOOP", Literals::keep, ""},
  };
  for (const Case& example : cases) {
    for (const std::size_t step : {1u, 2u, 3u, 7u, 1000u}) {
      CAPTURE(example.input);
      CAPTURE(step);
      CHECK(story(example.input, step, example.how) == example.told);
    }
  }
}

TEST_CASE("command reader: a command is bounded, with and without its literals") {
  const std::string longest(CommandReader::longest_command - 2, 'x');
  CHECK(story(longest + "\r\n", 4096, Literals::keep) == "C:" + longest + " ");
  CHECK(story(longest + "x\r\n", 4096, Literals::keep) == "too long");
  CHECK(story(longest + "xxxxx", 4096, Literals::keep) == "too long");
  CHECK(story("a {99999999999999999999}\r\nx", 4096, Literals::keep) == "L:18446744073709551615 too long");
}
