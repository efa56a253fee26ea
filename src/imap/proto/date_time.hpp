#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::imap::proto {

/// INTERNALDATE as a value: an instant and the zone it was written in (RFC 9051 section 9, date-time).
struct DateTime {
  std::int64_t unix_seconds = 0; ///< the instant
  int zone_minutes = 0;          ///< east of UTC, -1439..1439; servers rarely keep it

  /// Two are equal when they are the same instant: no server that was tried keeps the zone.
  friend bool operator==(const DateTime& a, const DateTime& b) { return a.unix_seconds == b.unix_seconds; }

  /// "05-Nov-2026 08:09:10 +0130", without the quotes: always two digits for the day (some servers refuse one).
  /// Always well-formed: an instant outside of the years 0000 to 9999, or a zone out of range, is clamped.
  [[nodiscard]] std::string to_string() const;

  /// Reads `dd-Mon-yyyy hh:mm:ss +zzzz` as servers write it: day of one digit or with a leading blank, month in any
  /// case, a second of 60. Nothing when a field is out of range or the day does not exist.
  static std::optional<DateTime> parse(std::string_view text);
};

} // namespace imapferry::imap::proto
