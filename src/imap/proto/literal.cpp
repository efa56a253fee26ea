#include "imap/proto/literal.hpp"

#include <limits>

namespace imapferry::imap::proto {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<LiteralHeader> literal_header_at(std::string_view text, std::size_t at) noexcept {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  std::size_t next = at;
  const auto accept = [&](char c) {
    if (next >= text.size() || text[next] != c) return false;
    ++next;
    return true;
  };
  if (!accept('{')) return std::nullopt;
  const std::size_t digits = next;
  LiteralHeader header;
  header.at = at;
  for (; next < text.size() && is_digit(text[next]); ++next) {
    const auto digit = static_cast<std::uint64_t>(text[next] - '0');
    header.size = header.size > (largest - digit) / 10 ? largest : header.size * 10 + digit;
  }
  if (next == digits) return std::nullopt;
  accept('+');
  if (!accept('}')) return std::nullopt;
  accept('\r');
  if (!accept('\n')) return std::nullopt;
  header.end = next;
  return header;
}

std::optional<LiteralHeader> literal_header_of_line(std::string_view line) noexcept {
  std::size_t at = line.size() - 1;
  if (at > 0 && line[at - 1] == '\r') --at;
  if (at == 0 || line[at - 1] != '}') return std::nullopt;
  --at;
  if (at > 0 && line[at - 1] == '+') --at;
  while (at > 0 && is_digit(line[at - 1])) --at;
  if (at == 0) return std::nullopt;
  return literal_header_at(line, at - 1);
}

}  // namespace imapferry::imap::proto
