#include "text.hpp"

#include <array>
#include <chrono>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view day_names = "SunMonTueWedThuFriSat";

std::string_view three_letters(std::string_view names, unsigned number) {
  return names.substr(number * std::size_t{3}, 3);
}

void append_two_digits(std::string& out, unsigned number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

/// "05-Nov-2026 08:09:10 +0000", with another character between the parts of the date.
void append_date(std::string& out, std::chrono::sys_seconds instant, char between) {
  const auto midnight = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(midnight);
  const auto second = static_cast<unsigned>((instant - midnight).count());
  append_two_digits(out, static_cast<unsigned>(date.day()));
  out += between;
  out += three_letters(month_names, static_cast<unsigned>(date.month()) - 1);
  out += between;
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  append_two_digits(out, year / 100);
  append_two_digits(out, year);
  out += ' ';
  append_two_digits(out, second / 3600);
  out += ':';
  append_two_digits(out, second / 60 % 60);
  out += ':';
  append_two_digits(out, second % 60);
  out += " +0000";
}

std::chrono::sys_seconds instant_of(std::int64_t seconds) {
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

}  // namespace

void append_hex(std::string& out, std::uint64_t number, unsigned width) {
  while (width > 0) out += hex_digits[number >> (4 * --width) & 15];
}

void append_internal_date(std::string& out, std::int64_t seconds) { append_date(out, instant_of(seconds), '-'); }

void append_header_date(std::string& out, std::int64_t seconds) {
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(instant_of(seconds)));
  out += three_letters(day_names, day.c_encoding());
  out += ", ";
  append_date(out, instant_of(seconds), ' ');
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += '%';
      append_hex(out, static_cast<std::uint8_t>(c), 2);
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::uint32_t take_number(std::string_view& text) noexcept {
  std::uint32_t number = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc()) return 0;
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  return number;
}

}  // namespace imapferry::bench::synthetic
