#include "../data.hpp"
#include "imap/proto/header_date.hpp"

#include <doctest/doctest.h>

using namespace imapferry::imap::proto;
using namespace imapferry::testing;

TEST_CASE("header date: what imapsync makes of dates, or should") {
  const auto data = read_data("imapsync/dates.json");
  REQUIRE(data["headers"].size() > 20);
  for (const auto& row : data["headers"]) {
    CAPTURE(row.dump());
    const auto date = parse_header_date(bytes_of(row["text"]));
    CHECK(date.has_value() == !row["date"].is_null());
    if (!date || row["date"].is_null()) continue;
    CHECK(date == DateTime::parse(bytes_of(row["date"])));
  }
  for (const auto& row : data["instants"]) {
    CAPTURE(row.dump());
    const auto date = parse_header_date(bytes_of(row["text"]));
    CHECK(date.has_value() == !row["seconds"].is_null());
    if (date && !row["seconds"].is_null()) CHECK(date->unix_seconds == row["seconds"].get<std::int64_t>());
  }
}

TEST_CASE("header date: other ways to write one, and what is none") {
  struct Row {
    const char* text;
    const char* date;  ///< null: none
  };
  for (const Row& row : {
           Row{"Thu, 1 Jan 2026 00:00:00 +0130", "01-Jan-2026 00:00:00 +0130"},
           Row{"1 January 2026 9:05", "01-Jan-2026 09:05:00 +0000"},
           Row{"Thu, 1 Jan 2026 00:00:00 UT (a (nested) comment, 5 PM)", "01-Jan-2026 00:00:00 +0000"},
           Row{"Thu, 01 Jan 2026 12:00:00 am PST", "01-Jan-2026 00:00:00 -0800"},
           Row{"01 Jan 49 00:00:00 Z", "01-Jan-2049 00:00:00 +0000"},
           Row{"01 Jan 103 00:00:00 Z", "01-Jan-2003 00:00:00 +0000"},
           Row{"Thu,\r\n 1 Jan 2026\r\n\t00:00:00 +0000", "01-Jan-2026 00:00:00 +0000"},
           Row{"31 Feb 2026 00:00:00 +0000", nullptr},
           Row{"1 Jan 2026", nullptr},
           Row{"1 Jan 2026 24:07:00 +0000", nullptr},
           Row{"13:00 PM 1 Jan 2026", nullptr},
           Row{"1 Jan 2026 00:00:00 +0000 7", nullptr},
           Row{"13/13/13 00:00", nullptr},
           Row{"now", nullptr},
       }) {
    CAPTURE(row.text);
    const auto date = parse_header_date(row.text);
    CHECK(date.has_value() == (row.date != nullptr));
    if (date && row.date != nullptr) CHECK(date == DateTime::parse(row.date));
  }
  CHECK_FALSE(parse_header_date(std::string(100'000, ' ') + "1 Jan 2026 00:00:00").has_value());
}
