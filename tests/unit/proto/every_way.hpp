#pragma once

#include "feed.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::testing {

inline std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

/// Feeds the bytes in two parts, cut at every place, and byte by byte; every time the events are those of the whole.
inline Fed check_cuts(std::string_view bytes, const imap::proto::ParserLimits& limits) {
  const Fed whole = feed_whole(bytes, limits);
  const std::string expected = joined(whole.events);
  const std::size_t one[] = {1};
  CHECK(joined(feed(bytes, limits, one).events) == expected);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const std::size_t pieces[] = {cut, bytes.size() - cut};
    const std::string events = joined(feed(bytes, limits, pieces).events);
    if (events == expected) continue;
    CAPTURE(cut);
    CHECK(events == expected);
    break;
  }
  return whole;
}

/// The same for several bounds on what is kept, and the responses are the same for each of them.
inline Fed check_every_way(std::string_view bytes, imap::proto::ParserLimits limits = {}) {
  const Fed whole = check_cuts(bytes, limits);
  for (const std::size_t kept : {0U, 1U, 10U, 50U}) {
    limits.inline_literals = kept;
    CAPTURE(kept);
    const Fed streamed = check_cuts(bytes, limits);
    // Only body sections are streamed; any other literal is refused when it is too large.
    if (streamed.failure.empty())
      CHECK(joined(streamed.responses) == joined(whole.responses));
    else if (whole.failure.empty())
      CHECK(streamed.failure.find("of one response are kept") != std::string::npos);
  }
  return whole;
}

/// One response, given without its line end, and its description.
struct ResponseCase {
  std::string_view response;
  std::string_view description;
};

template <std::size_t n>
void check_responses(const ResponseCase (&cases)[n]) {
  for (const ResponseCase& one : cases) {
    CAPTURE(one.response);
    for (const std::string_view line_end : {"\r\n", "\n"}) {
      const Fed fed = check_every_way(std::string(one.response) + std::string(line_end));
      CHECK(fed.failure == "");
      CHECK(joined(fed.responses) == std::string(one.description) + "\n");
    }
  }
}

/// One response that fails, and the message.
inline void check_failures(std::initializer_list<ResponseCase> cases, const imap::proto::ParserLimits& limits = {}) {
  for (const ResponseCase& one : cases) {
    CAPTURE(one.response);
    CHECK(check_cuts(one.response, limits).failure == one.description);
  }
}

}  // namespace imapferry::testing
