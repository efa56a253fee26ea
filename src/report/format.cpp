#include "report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace imapferry::report {

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string format_count(std::uint64_t count, std::string_view noun) {
  // "mailbox" is the only noun of ours that takes more than an s.
  const std::string_view ending = count == 1 ? "" : noun.back() == 'x' ? "es" : "s";
  return fmt::format("{} {}{}", format_count(count), noun, ending);
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 1023.95 would be printed as 1024.0.
  while (value >= 1023.95 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string format_duration(std::chrono::milliseconds duration) {
  const auto milliseconds = std::max<std::int64_t>(duration.count(), 0);
  if (milliseconds < 9'995) return fmt::format("{:.2f} s", static_cast<double>(milliseconds) / 1000);
  if (milliseconds < 59'950) return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
  const std::int64_t seconds = (milliseconds + 500) / 1000;
  if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  const std::int64_t minutes = (seconds + 30) / 60;
  if (minutes < 24 * 60) return fmt::format("{}h {:02}m", minutes / 60, minutes % 60);
  return fmt::format("{}d {:02}h", minutes / (24 * 60), minutes / 60 % 24);
}

std::string format_rate(double per_second) {
  if (!(per_second > 0)) return "0";
  if (per_second < 0.995) return fmt::format("{:.2f}", per_second);
  if (per_second < 999.95) return fmt::format("{:.1f}", per_second);
  return format_count(static_cast<std::uint64_t>(std::llround(std::min(per_second, 1e15))));
}

unsigned percent(std::uint64_t part, std::uint64_t whole) noexcept {
  if (part >= whole) return 100;
  return static_cast<unsigned>(static_cast<long double>(part) * 100 / static_cast<long double>(whole));
}

namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< bytes
};

/// The first code point; a byte that begins none counts as one of its own.
CodePoint first_of(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (length == 1 || text.size() < length) return {lead, 1};
  char32_t value = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3Fu);
  return {value, length};
}

struct Range {
  char32_t first, last;
};

/// An approximation: terminals and the Unicode versions that they know differ anyway.
constexpr std::array<Range, 13> wide_ranges{{
    {0x1100, 0x115F},    // Hangul initials
    {0x231A, 0x231B},    // watch, hourglass
    {0x2E80, 0x303E},    // CJK radicals and punctuation
    {0x3041, 0x33FF},    // kana, CJK symbols
    {0x3400, 0x4DBF},    // CJK extension A
    {0x4E00, 0x9FFF},    // CJK
    {0xA000, 0xA4CF},    // Yi
    {0xAC00, 0xD7A3},    // Hangul
    {0xF900, 0xFAFF},    // CJK compatibility
    {0xFE30, 0xFE6F},    // CJK compatibility forms
    {0xFF00, 0xFF60},    // fullwidth forms
    {0x1F300, 0x1FAFF},  // emoji
    {0x20000, 0x3FFFD},  // CJK extensions B and later
}};

constexpr std::array<Range, 6> zero_width_ranges{{
    {0x0300, 0x036F},  // combining diacritics
    {0x200B, 0x200F},  // zero width space, joiners, direction marks
    {0x202A, 0x202E},  // directional embeddings
    {0x2060, 0x2064},  // word joiner
    {0x20D0, 0x20FF},  // combining marks for symbols
    {0xFE00, 0xFE0F},  // variation selectors
}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t value) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return range.first <= value && value <= range.last; });
}

std::size_t width_of(char32_t value) noexcept {
  if (value < 0x300) return 1;
  return is_in(zero_width_ranges, value) ? 0 : is_in(wide_ranges, value) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    width += width_of(point.value);
    text.remove_prefix(point.length);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t kept = 0;
  std::size_t taken = 0;
  while (taken < text.size()) {
    const CodePoint point = first_of(text.substr(taken));
    const std::size_t needed = width_of(point.value);
    if (kept + needed > width - 1) break;
    kept += needed;
    taken += point.length;
  }
  return std::string(text.substr(0, taken)) + "\u2026";
}

std::string fit_exactly(std::string_view text, std::size_t width) {
  std::string out = fit(text, width);
  const std::size_t used = display_width(out);
  return used < width ? out.append(width - used, ' ') : out;
}

}  // namespace imapferry::report
