#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Figures and text as people read them.
namespace imapferry::report {

/// "12,345".
[[nodiscard]] std::string format_count(std::uint64_t count);
/// "1 message", "12,345 messages": the noun with an s unless there is one.
[[nodiscard]] std::string format_count(std::uint64_t count, std::string_view noun);
/// "999 B", "1.5 GiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// "0.42 s", "12.3 s", "3m 20s", "2h 05m", "3d 04h".
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);
/// "0.46", "123.4", "12,345": a rate without its unit.
[[nodiscard]] std::string format_rate(double per_second);
/// Rounded down, so that 100 means all.
[[nodiscard]] unsigned percent(std::uint64_t part, std::uint64_t whole) noexcept;

/// Columns of a terminal that UTF-8 text takes; wide characters (East Asian, emoji) take 2. No control characters
/// expected.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;
/// The text cut to at most `width` columns, with an ellipsis in place of what was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t width);
/// The text cut or filled with blanks to exactly `width` columns.
[[nodiscard]] std::string fit_exactly(std::string_view text, std::size_t width);

}  // namespace imapferry::report
