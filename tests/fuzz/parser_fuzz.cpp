// The parser on arbitrary bytes: it must not read out of bounds, throw, or depend on how the bytes arrive.
//
// The first four bytes of an input choose the limits and how the rest is cut; the rest is what the server sends.
#include "feed.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace imapferry::testing;
using imapferry::imap::proto::ParserLimits;

namespace {

void require_same(const std::vector<std::string>& events, const std::vector<std::string>& expected) {
  if (events == expected) return;
  for (const auto& event : expected) std::fprintf(stderr, "whole: %s\n", event.c_str());
  for (const auto& event : events) std::fprintf(stderr, "cut:   %s\n", event.c_str());
  std::abort();
}

ParserLimits limits_of(std::uint8_t byte) {
  static constexpr std::size_t lines[] = {1 << 20, 20, 64, 300};
  static constexpr std::size_t kept[] = {64 << 10, 0, 10, 100};
  static constexpr std::size_t nestings[] = {64, 3};
  static constexpr std::uint64_t literals[] = {std::uint64_t{1} << 40, 50};
  static constexpr std::size_t items[] = {1 << 20, 2};
  ParserLimits limits;
  limits.line = lines[byte & 3];
  limits.inline_literals = kept[byte >> 2 & 3];
  limits.nesting = nestings[byte >> 4 & 1];
  limits.literal = literals[byte >> 5 & 1];
  limits.items = items[byte >> 6 & 1];
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t choices = 4;
  if (size < choices) return 0;
  const ParserLimits limits = limits_of(data[0]);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + choices, size - choices);
  const std::size_t one[] = {1};
  const std::size_t some[] = {data[1], data[2], std::size_t{data[3]} * 4};

  const Fed whole = feed_whole(bytes, limits);
  require_same(feed(bytes, limits, some).events, whole.events);
  if (bytes.size() <= 256) require_same(feed(bytes, limits, one).events, whole.events);

  // What is kept and what is streamed makes no difference to what a response says.
  ParserLimits keeps_none = limits;
  keeps_none.inline_literals = 0;
  const Fed streamed = feed_whole(bytes, keeps_none);
  if (whole.failure.empty() && streamed.failure.empty()) require_same(streamed.responses, whole.responses);
  return 0;
}
