#pragma once

#include "imap/proto/date_time.hpp"

#include <optional>
#include <string_view>

namespace imapferry::imap::proto {

/// The instant that a Date header tells (RFC 5322 section 3.3), or one of the many ways in which programs have written
/// dates instead: other orders, "-" or "/" between, a 12-hour clock, no zone (read as UTC), years of two digits
/// (section 4.3: 1950 to 2049), names of zones (section 4.3; unknown ones are UTC). Nothing when it is no date.
[[nodiscard]] std::optional<DateTime> parse_header_date(std::string_view text);

}  // namespace imapferry::imap::proto
