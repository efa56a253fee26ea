#include "imap/proto/date_time.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using imapferry::imap::proto::DateTime;

namespace {

constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_leap_year(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(int month, int year) {
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 1 && is_leap_year(year) ? 29 : lengths[month];
}

std::int64_t instant_of(std::string_view text) {
  const auto date = DateTime::parse(text);
  REQUIRE_MESSAGE(date.has_value(), text);
  return date->unix_seconds;
}

std::string zone_text(int minutes) {
  const int distance = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

} // namespace

TEST_CASE("date-time: every day from 1902 to 2106 is the day that a calendar counts") {
  std::int64_t day_number = 0;
  for (int year = 1969; year >= 1902; --year) day_number -= is_leap_year(year) ? 366 : 365;
  int days = 0;
  int wrong = 0;
  for (int year = 1902; year <= 2106; ++year) {
    for (int month = 0; month < 12; ++month) {
      for (int day = 1; day <= days_in(month, year); ++day, ++day_number, ++days) {
        // Another time and zone every day, so that the date's border is crossed both ways.
        const int second = static_cast<int>((day_number * 7919 % 86400 + 86400) % 86400);
        const int zone = static_cast<int>(day_number * 31 % 840);
        const std::string text = fmt::format("{:02}-{}-{:04} {:02}:{:02}:{:02} {}", day, months[month], year,
                                             second / 3600, second / 60 % 60, second % 60, zone_text(zone));
        const DateTime expected{day_number * 86400 + second - zone * 60, zone};
        const auto parsed = DateTime::parse(text);
        if (parsed && parsed->unix_seconds == expected.unix_seconds && parsed->zone_minutes == zone &&
            expected.to_string() == text) {
          continue;
        }
        ++wrong;
        INFO(text);
        CHECK(wrong == 0);
      }
    }
  }
  CHECK(days == 205 * 365 + 50);
  CHECK(wrong == 0);
}

TEST_CASE("date-time: known instants") {
  const struct {
    const char* text;
    std::int64_t unix_seconds;
  } rows[] = {
      {"01-Jan-1970 00:00:00 +0000", 0},
      {"31-Dec-1969 23:59:59 +0000", -1},
      {"01-Jan-1970 02:00:00 +0200", 0},
      {"31-Dec-1969 19:00:00 -0500", 0},
      {"01-Sep-2010 16:00:00 +0200", 1283349600},
      {"29-Feb-2000 12:00:00 +0000", 951825600},
      {"13-Dec-1901 20:45:52 +0000", -2147483648LL},
      {"19-Jan-2038 03:14:08 +0000", 2147483648LL},
      {"07-Feb-2106 06:28:16 +0000", 4294967296LL},
      {"01-Jan-0000 00:00:00 +0000", -62167219200LL},
      {"31-Dec-9999 23:59:59 +0000", 253402300799LL},
  };
  for (const auto& row : rows) {
    CHECK(instant_of(row.text) == row.unix_seconds);
    CHECK(DateTime::parse(row.text)->to_string() == row.text);
  }
}

TEST_CASE("date-time: every zone is read, kept and written") {
  for (int zone = -1439; zone <= 1439; ++zone) {
    const std::string text = "15-Jun-2026 12:34:56 " + zone_text(zone);
    const auto parsed = DateTime::parse(text);
    REQUIRE(parsed.has_value());
    CHECK(parsed->zone_minutes == zone);
    CHECK(parsed->unix_seconds == 1781526896 - zone * 60);
    CHECK(parsed->to_string() == text);
  }
}

TEST_CASE("date-time: -0000 is UTC") {
  CHECK(DateTime::parse("15-Jun-2026 12:34:56 -0000")->zone_minutes == 0);
  CHECK(DateTime::parse("15-Jun-2026 12:34:56 -0000")->to_string() == "15-Jun-2026 12:34:56 +0000");
}

TEST_CASE("date-time: the day may have one digit or a leading blank, and is written with two digits") {
  for (const char* text : {"01-Sep-2010 16:00:00 +0200", " 1-Sep-2010 16:00:00 +0200", "1-Sep-2010 16:00:00 +0200"}) {
    CAPTURE(text);
    CHECK(instant_of(text) == 1283349600);
    CHECK(DateTime::parse(text)->to_string() == "01-Sep-2010 16:00:00 +0200");
  }
}

TEST_CASE("date-time: months are read in any case") {
  for (int month = 0; month < 12; ++month) {
    const std::string name = months[month];
    const std::string expected = "02-" + name + "-2021 03:04:05 +0000";
    std::string upper = name;
    std::string lower = name;
    for (char& c : upper) c = static_cast<char>(c & ~0x20);
    for (char& c : lower) c = static_cast<char>(c | 0x20);
    for (const std::string& spelling : {name, upper, lower}) {
      CHECK(DateTime::parse("2-" + spelling + "-2021 03:04:05 +0000")->to_string() == expected);
    }
  }
}

TEST_CASE("date-time: a second of 60 is the first of the next minute") {
  CHECK(instant_of("31-Dec-1999 23:59:60 +0000") == 946684800);
  CHECK(DateTime::parse("31-Dec-1999 23:59:60 +0000")->to_string() == "01-Jan-2000 00:00:00 +0000");
  CHECK(DateTime::parse("30-Jun-2015 18:59:60 -0500")->to_string() == "30-Jun-2015 19:00:00 -0500");
}

TEST_CASE("date-time: a day exists or is refused") {
  for (const int year : {1900, 1999, 2000, 2024, 2026, 2100}) {
    for (int month = 0; month < 12; ++month) {
      for (int day = 0; day <= 99; ++day) {
        const std::string text = fmt::format("{:02}-{}-{} 00:00:00 +0000", day, months[month], year);
        if (DateTime::parse(text).has_value() != (day >= 1 && day <= days_in(month, year))) FAIL_CHECK(text);
      }
    }
  }
  CHECK_FALSE(DateTime::parse("31-Feb-2026 00:00:00 +0000").has_value());
}

TEST_CASE("date-time: garbage is refused") {
  using namespace std::string_view_literals;
  for (const std::string_view text : {
           ""sv,
           " "sv,
           "garbage"sv,
           "NIL"sv,
           // The day.
           "0-Sep-2010 16:00:00 +0200"sv,
           "00-Sep-2010 16:00:00 +0200"sv,
           " 0-Sep-2010 16:00:00 +0200"sv,
           " 01-Sep-2010 16:00:00 +0200"sv,
           "001-Sep-2010 16:00:00 +0200"sv,
           "  1-Sep-2010 16:00:00 +0200"sv,
           "-1-Sep-2010 16:00:00 +0200"sv,
           "+1-Sep-2010 16:00:00 +0200"sv,
           "1 -Sep-2010 16:00:00 +0200"sv,
           "-Sep-2010 16:00:00 +0200"sv,
           // Month and year.
           "01-Sept-2010 16:00:00 +0200"sv,
           "01-Se-2010 16:00:00 +0200"sv,
           "01-09-2010 16:00:00 +0200"sv,
           "01-Xyz-2010 16:00:00 +0200"sv,
           "01 Sep 2010 16:00:00 +0200"sv,
           "01-Sep-10 16:00:00 +0200"sv,
           "01-Sep-02010 16:00:00 +0200"sv,
           "01-Sep--010 16:00:00 +0200"sv,
           "01--2010 16:00:00 +0200"sv,
           // The time.
           "01-Sep-2010 24:00:00 +0200"sv,
           "01-Sep-2010 16:60:00 +0200"sv,
           "01-Sep-2010 16:00:61 +0200"sv,
           "01-Sep-2010 1:00:00 +0200"sv,
           "01-Sep-2010 16:00 +0200"sv,
           "01-Sep-2010 16.00.00 +0200"sv,
           "01-Sep-2010  6:00:00 +0200"sv,
           "01-Sep-2010T16:00:00 +0200"sv,
           "01-Sep-2010"sv,
           "01-Sep-2010 16:00:-1 +0200"sv,
           // The zone.
           "01-Sep-2010 16:00:00"sv,
           "01-Sep-2010 16:00:00 "sv,
           "01-Sep-2010 16:00:00 0200"sv,
           "01-Sep-2010 16:00:00 +200"sv,
           "01-Sep-2010 16:00:00 +2400"sv,
           "01-Sep-2010 16:00:00 +0260"sv,
           "01-Sep-2010 16:00:00 +02:00"sv,
           "01-Sep-2010 16:00:00 GMT"sv,
           "01-Sep-2010 16:00:00+0200"sv,
           // Around it.
           "01-Sep-2010 16:00:00 +0200 "sv,
           "01-Sep-2010 16:00:00 +02000"sv,
           "\"01-Sep-2010 16:00:00 +0200\""sv,
           "01-Sep-2010 16:00:00 +0200\0"sv,
           "01-Sep-2010 16:00:00 +0200\r\n"sv,
           "Wed, 01-Sep-2010 16:00:00 +0200"sv,
       }) {
    CAPTURE(text);
    CHECK_FALSE(DateTime::parse(text).has_value());
  }
}

TEST_CASE("date-time: no part of a date is a date, and no other byte fits in its place") {
  const std::string good = "01-Sep-2010 16:00:00 +0200";
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(DateTime::parse(good.substr(0, length)).has_value());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : {'\0', '\n', '"', '/', ';', '\x7F', '\xB2'}) {
      std::string bad = good;
      bad[at] = c;
      CHECK_FALSE(DateTime::parse(bad).has_value());
    }
  }
}

TEST_CASE("date-time: what cannot be written is clamped, never malformed") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  CHECK(DateTime{least, 0}.to_string() == "01-Jan-0000 00:00:00 +0000");
  CHECK(DateTime{most, 0}.to_string() == "31-Dec-9999 23:59:59 +0000");
  CHECK(DateTime{least, -60}.to_string() == "01-Jan-0000 00:00:00 -0100");
  CHECK(DateTime{most, 60}.to_string() == "31-Dec-9999 23:59:59 +0100");
  CHECK(DateTime{0, 1440}.to_string() == "01-Jan-1970 23:59:00 +2359");
  CHECK(DateTime{0, std::numeric_limits<int>::min()}.to_string() == "31-Dec-1969 00:01:00 -2359");
}

TEST_CASE("date-time: the same instant is equal in every zone") {
  CHECK(*DateTime::parse("01-Jan-2026 00:30:00 +0100") == *DateTime::parse("31-Dec-2025 18:30:00 -0500"));
  CHECK_FALSE(*DateTime::parse("01-Jan-2026 00:30:00 +0100") == *DateTime::parse("01-Jan-2026 00:30:00 +0000"));
}
