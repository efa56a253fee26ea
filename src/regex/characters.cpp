#include "regex/characters.hpp"

namespace imapferry::regex {

namespace {

constexpr std::uint32_t last_character = 0x10FFFF;

std::optional<std::uint32_t> digit_value(char c, std::uint32_t base) {
  std::uint32_t value = base;
  if (is_digit(c)) value = static_cast<std::uint32_t>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') value = static_cast<std::uint32_t>(lower - 'a' + 10);
  if (value >= base) return std::nullopt;
  return value;
}

/// At most `most` digits; 0 without any.
std::optional<std::uint32_t> take_number(std::string_view text, std::size_t& at, std::uint32_t base, std::size_t most) {
  std::uint32_t number = 0;
  for (std::size_t n = 0; n < most && at < text.size(); ++n) {
    const std::optional<std::uint32_t> digit = digit_value(text[at], base);
    if (!digit) break;
    number = number * base + *digit;
    if (number > last_character) return std::nullopt;
    ++at;
  }
  return number;
}

/// "{41}" with `prefix` behind the brace.
std::optional<std::uint32_t> take_braced(std::string_view text, std::size_t& at, std::string_view prefix,
                                         std::uint32_t base) {
  const std::size_t end = text.find('}', at);
  if (end == std::string_view::npos || text.substr(at + 1, prefix.size()) != prefix) return std::nullopt;
  std::size_t digits = at + 1 + prefix.size();
  const std::optional<std::uint32_t> number = take_number(text, digits, base, text.size());
  if (!number || digits != end) return std::nullopt;
  at = end + 1;
  return number;
}

}  // namespace

std::optional<std::uint32_t> take_escape(std::string_view text, std::size_t& at) {
  if (at >= text.size()) return static_cast<std::uint32_t>('\\');
  const char kind = text[at];
  if (kind >= '0' && kind <= '7') return take_number(text, at, 8, 3);
  ++at;
  const bool is_braced = at < text.size() && text[at] == '{';
  switch (kind) {
  case 'n': return '\n';
  case 't': return '\t';
  case 'r': return '\r';
  case 'f': return '\f';
  case 'a': return '\a';
  case 'b': return '\b';
  case 'e': return 0x1B;
  case 'x': return is_braced ? take_braced(text, at, "", 16) : take_number(text, at, 16, 2);
  case 'o': return is_braced ? take_braced(text, at, "", 8) : std::nullopt;
  case 'N': return is_braced ? take_braced(text, at, "U+", 16) : std::nullopt;
  case 'c':
    if (at >= text.size()) return std::nullopt;
    return static_cast<std::uint32_t>(to_upper(text[at++]) ^ 0x40) & 0x7F;
  default: return static_cast<std::uint8_t>(kind);
  }
}

void append_character(std::uint32_t character, std::string& out) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
  if (character <= 0xFF) {
    add(character);
  } else if (character <= 0x7FF) {
    add(0xC0 | character >> 6);
    add(0x80 | (character & 0x3F));
  } else if (character <= 0xFFFF) {
    add(0xE0 | character >> 12);
    add(0x80 | (character >> 6 & 0x3F));
    add(0x80 | (character & 0x3F));
  } else {
    add(0xF0 | character >> 18);
    add(0x80 | (character >> 12 & 0x3F));
    add(0x80 | (character >> 6 & 0x3F));
    add(0x80 | (character & 0x3F));
  }
}

}  // namespace imapferry::regex
