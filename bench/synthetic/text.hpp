#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// Faster than formatting: this is done several times for each message.
inline void append_number(std::string& out, std::unsigned_integral auto number) {
  char digits[20];
  const auto result = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, result.ptr);
}

/// `width` hexadecimal digits.
void append_hex(std::string& out, std::uint64_t number, unsigned width);

/// "05-Nov-2026 08:09:10 +0000", as INTERNALDATE has it (RFC 9051, date-time, without its quotes).
void append_internal_date(std::string& out, std::int64_t seconds);

/// "Thu, 05 Nov 2026 08:09:10 +0000", as header fields have it (RFC 5322).
void append_header_date(std::string& out, std::int64_t seconds);

/// Letters, digits, "-", "_" and "." as they are, all else as "%2F": fits into an address of a header.
[[nodiscard]] std::string percent_encoded(std::string_view text);
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// Takes decimal digits off the front of `text`; 0 when there are none or too many.
[[nodiscard]] std::uint32_t take_number(std::string_view& text) noexcept;

}  // namespace imapferry::bench::synthetic
