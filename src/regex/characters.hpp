#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::regex {

// Characters as Perl sees those of a byte string: letters are ASCII's.

[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_name_start(char c) noexcept { return is_upper(c) || is_lower(c) || c == '_'; }
[[nodiscard]] constexpr bool is_word(char c) noexcept { return is_name_start(c) || is_digit(c); }
[[nodiscard]] constexpr char to_upper(char c) noexcept { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
[[nodiscard]] constexpr char to_lower(char c) noexcept { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// The character that an escape stands for; `at` is behind its backslash, and behind all of it afterwards. For one that
/// has no meaning, what follows the backslash. Nothing for a number that is no character.
[[nodiscard]] std::optional<std::uint32_t> take_escape(std::string_view text, std::size_t& at);

/// Up to 0xFF it is a byte, beyond that UTF-8.
void append_character(std::uint32_t character, std::string& out);

}  // namespace imapferry::regex
