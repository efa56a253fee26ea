#include "imap/proto/date_time.hpp"

#include "imap/proto/flags.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace imapferry::imap::proto {

namespace {

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr int max_zone_minutes = 23 * 60 + 59;

// What four digits of a year can hold, in seconds since 1970: 0000-01-01 00:00:00 to 9999-12-31 23:59:59.
constexpr std::int64_t first_writable = -62'167'219'200;
constexpr std::int64_t last_writable = 253'402'300'799;

/// Takes exactly `width` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return number;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// "07", " 7" or "7".
std::optional<int> take_day(std::string_view& text) {
  if (take(text, ' ')) return take_digits(text, 1);
  return take_digits(text, text.find('-') == 1 ? 1 : 2);
}

std::optional<unsigned> take_month(std::string_view& text) {
  const std::string_view name = text.substr(0, 3);
  const auto found = std::find_if(month_names.begin(), month_names.end(),
                                  [name](std::string_view month) { return equals_ignoring_case(month, name); });
  if (found == month_names.end()) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<unsigned>(found - month_names.begin()) + 1;
}

/// "07-Nov-2026" as days since 1970-01-01.
std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto day = take_day(text);
  if (!day || !take(text, '-')) return std::nullopt;
  const auto month = take_month(text);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto year = take_digits(text, 4);
  if (!year) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()};
}

/// "08:09:10" as seconds since midnight. A leap second becomes the first second of the next minute.
std::optional<int> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *second;
}

/// "+0130" as minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  const auto minutes = hours ? take_digits(text, 2) : std::nullopt;
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int east = *hours * 60 + *minutes;
  return west ? -east : east;
}

}  // namespace

std::string DateTime::to_string() const {
  const int zone = std::clamp(zone_minutes, -max_zone_minutes, max_zone_minutes);
  // Clamped before the sum, which could overflow, and after it.
  const std::int64_t instant = std::clamp(unix_seconds, first_writable, last_writable);
  const std::chrono::sys_seconds local{
      std::chrono::seconds{std::clamp(instant + std::int64_t{zone} * 60, first_writable, last_writable)}};
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{midnight};
  const auto second_of_day = (local - midnight).count();
  const int distance = zone < 0 ? -zone : zone;
  // Digit by digit: one is written for every message that is copied.
  std::string text = "00-Mon-0000 00:00:00 +0000";
  const auto put_two_digits = [&text](std::size_t at, std::int64_t number) {
    text[at] = static_cast<char>('0' + number / 10);
    text[at + 1] = static_cast<char>('0' + number % 10);
  };
  put_two_digits(0, static_cast<unsigned>(date.day()));
  text.replace(3, 3, month_names[static_cast<unsigned>(date.month()) - 1]);
  put_two_digits(7, static_cast<int>(date.year()) / 100);
  put_two_digits(9, static_cast<int>(date.year()) % 100);
  put_two_digits(12, second_of_day / 3600);
  put_two_digits(15, second_of_day / 60 % 60);
  put_two_digits(18, second_of_day % 60);
  if (zone < 0) text[21] = '-';
  put_two_digits(22, distance / 60);
  put_two_digits(24, distance % 60);
  return text;
}

std::optional<DateTime> DateTime::parse(std::string_view text) {
  const auto day = take_date(text);
  if (!day || !take(text, ' ')) return std::nullopt;
  const auto second_of_day = take_time(text);
  if (!second_of_day || !take(text, ' ')) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return DateTime{*day * 86'400 + *second_of_day - std::int64_t{*zone} * 60, *zone};
}

}  // namespace imapferry::imap::proto
