#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imapferry::imap::proto {

/// What announces a literal (RFC 9051 section 9): "{" number64 ["+"] "}" CRLF, a bare LF being tolerated.
struct LiteralHeader {
  std::uint64_t size = 0;  ///< of the literal; the largest value when the number has more than 64 bits
  std::size_t at = 0;      ///< where the brace is
  std::size_t end = 0;     ///< where the literal begins
};

/// The header at the offset `at` of the text.
[[nodiscard]] std::optional<LiteralHeader> literal_header_at(std::string_view text, std::size_t at) noexcept;

/// The header that ends a line; the line includes its LF.
[[nodiscard]] std::optional<LiteralHeader> literal_header_of_line(std::string_view line) noexcept;

}  // namespace imapferry::imap::proto
