#pragma once

#include "core/failure.hpp"
#include "imap/proto/response.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace imapferry::imap::proto {

/// What a server may send at most. The server is not trusted: each bound ends the connection with a clear error.
struct ParserLimits {
  std::size_t line = 1 << 20;  ///< bytes of one response without its literals
  std::size_t inline_literals =
      64 << 10;              ///< literal bytes of one response that are kept; a body section beyond is streamed
  std::size_t nesting = 64;  ///< depth of parentheses
  std::uint64_t literal = std::uint64_t{1} << 40;  ///< size of one streamed literal
  std::size_t items = 1 << 20;                     ///< elements of one list (flags, numbers, ranges)
};

/// The caller has to present the same unconsumed bytes again, with more behind them. (Bytes that belong to no response
/// may have been consumed even so.)
struct NeedInput {
  std::size_t at_least = 1;  ///< how many more bytes at least: lets the reader ask for a whole literal at once
};

/// A body section too large to be kept begins. `head` is what the response has told so far (UID may still be 0);
/// `section` names it and has its size.
struct LiteralBegin {
  const FetchResponse* head = nullptr;
  BodySection section;
};
/// Some of its bytes, never none.
struct LiteralChunk {
  std::string_view bytes;
};
struct LiteralEnd {};

using ParserEvent = std::variant<NeedInput, const Response*, LiteralBegin, LiteralChunk, LiteralEnd>;

/// Reads what a server sends (RFC 3501 and RFC 9051 section 9, "response" and "greeting"), without I/O.
///
/// The caller owns the bytes: it hands over everything that it has not yet been told to consume, and gets one event and
/// the number of bytes that the event used up. A response that fits the limits is parsed in place, as a whole, from the
/// caller's bytes, so nothing is copied and nothing is allocated for each atom; a FETCH body section that does not fit
/// is streamed as LiteralBegin, LiteralChunk..., LiteralEnd, and then the response follows with `streamed` set on the
/// section.
///
///        consumed                 unconsumed: presented at every call
///   |................|* 12 FETCH (UID 5 BODY[] {8000}\r\n........)\r\n* 13 FE
///                    ^ framed up to here by scanning for line ends ^
///
/// The events are the same for every way of cutting the bytes, chunk boundaries apart. After a failure the parser stays
/// failed: the stream's framing is lost.
class Parser {
 public:
  struct Step {
    std::size_t consumed = 0;
    ParserEvent event;
  };

  explicit Parser(ParserLimits limits = {});
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;
  ~Parser();

  /// The next event in `input`. Views in it die with the next call, and when the caller moves its bytes.
  /// Fails (Fault::protocol) with the byte and the response: "byte 17 of response 42 (\"* 3 FETCH (UID ...\"): expected
  /// ')', saw 'x'".
  core::Result<Step> next(std::span<const char> input);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imapferry::imap::proto
