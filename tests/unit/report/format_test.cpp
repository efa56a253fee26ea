#include "report/format.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace imapferry::report;
using namespace std::chrono_literals;

TEST_CASE("counts: digits are grouped by three") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1000) == "1,000");
  CHECK(format_count(12345) == "12,345");
  CHECK(format_count(1234567) == "1,234,567");
  CHECK(format_count(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("counts: a noun follows its number") {
  CHECK(format_count(0, "message") == "0 messages");
  CHECK(format_count(1, "message") == "1 message");
  CHECK(format_count(1234, "mailbox") == "1,234 mailboxes");
  CHECK(format_count(1, "mailbox") == "1 mailbox");
}

TEST_CASE("bytes: binary units with one decimal, never 1024 of one unit") {
  struct Case {
    std::uint64_t bytes;
    std::string text;
  };
  const std::vector<Case> cases{
      {0, "0 B"},
      {1023, "1023 B"},
      {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},
      {1024 * 1024 - 1, "1.0 MiB"},
      {1024 * 1024, "1.0 MiB"},
      {1610612736, "1.5 GiB"},
      {std::uint64_t{1} << 40, "1.0 TiB"},
      {std::numeric_limits<std::uint64_t>::max(), "16.0 EiB"},
  };
  for (const Case& item : cases) CHECK(format_bytes(item.bytes) == item.text);
}

TEST_CASE("durations: the precision falls as the length grows") {
  struct Case {
    std::chrono::milliseconds duration;
    std::string text;
  };
  const std::vector<Case> cases{
      {-5ms, "0.00 s"},    {0ms, "0.00 s"},     {420ms, "0.42 s"},      {9994ms, "9.99 s"},    {9995ms, "10.0 s"},
      {12345ms, "12.3 s"}, {59949ms, "59.9 s"}, {59950ms, "1m 00s"},    {200s, "3m 20s"},      {3599s, "59m 59s"},
      {3600s, "1h 00m"},   {7530s, "2h 06m"},   {24h - 31s, "23h 59m"}, {24h - 30s, "1d 00h"}, {76h, "3d 04h"},
  };
  for (const Case& item : cases) CHECK(format_duration(item.duration) == item.text);
}

TEST_CASE("rates: two decimals below one, one below a thousand, grouped above") {
  CHECK(format_rate(0) == "0");
  CHECK(format_rate(-1) == "0");
  CHECK(format_rate(std::numeric_limits<double>::quiet_NaN()) == "0");
  CHECK(format_rate(0.03) == "0.03");
  CHECK(format_rate(0.996) == "1.0");
  CHECK(format_rate(999.94) == "999.9");
  CHECK(format_rate(999.95) == "1,000");
  CHECK(format_rate(12345.6) == "12,346");
}

TEST_CASE("percent: 100 only when all is done") {
  CHECK(percent(0, 0) == 100);
  CHECK(percent(0, 3) == 0);
  CHECK(percent(999, 1000) == 99);
  CHECK(percent(1000, 1000) == 100);
  CHECK(percent(2000, 1000) == 100);
  CHECK(percent(std::numeric_limits<std::uint64_t>::max() / 2, std::numeric_limits<std::uint64_t>::max()) == 49);
}

TEST_CASE("display width: East Asian characters and emoji take two columns, combining ones none") {
  CHECK(display_width("") == 0);
  CHECK(display_width("INBOX") == 5);
  CHECK(display_width("Entwürfe") == 8);
  CHECK(display_width("u\u0308") == 1);
  CHECK(display_width("受信箱") == 6);
  CHECK(display_width("한국") == 4);
  CHECK(display_width("📬") == 2);
  CHECK(display_width("→…") == 2);
  CHECK(display_width("\xff\xe5") == 2);
}

TEST_CASE("fit: text is cut between characters, with an ellipsis, and never gets wider") {
  CHECK(fit("INBOX", 5) == "INBOX");
  CHECK(fit("INBOX", 4) == "INB…");
  CHECK(fit("INBOX", 1) == "…");
  CHECK(fit("INBOX", 0) == "");
  CHECK(fit("Entwürfe", 6) == "Entwü…");
  CHECK(fit("受信箱", 5) == "受信…");
  CHECK(fit("受信箱", 4) == "受…");
  CHECK(fit("", 0) == "");
}

TEST_CASE("fit exactly: short text is filled with blanks to the column, wide characters or not") {
  CHECK(fit_exactly("ab", 4) == "ab  ");
  CHECK(fit_exactly("受", 4) == "受  ");
  CHECK(fit_exactly("受信箱", 4) == "受… ");
  CHECK(fit_exactly("abcdef", 4) == "abc…");
}
