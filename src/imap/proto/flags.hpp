#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// The system flags of RFC 9051 section 2.3.2, one bit each.
enum SystemFlag : std::uint8_t {
  flag_answered = 1,
  flag_flagged = 2,
  flag_deleted = 4,
  flag_seen = 8,
  flag_draft = 16,
  flag_recent = 32, ///< the server's own; never sent
};

/// The flags of one message: system flags as bits, keywords as sorted, unique (without case) atoms in their first
/// spelling.
struct Flags {
  std::uint8_t system = 0;
  std::vector<std::string> keywords;
  std::vector<std::string> unknown; ///< "\Something" that is no system flag: kept to be named, never sent

  /// Adds one flag as the server wrote it: "\Seen" (any case), "$Forwarded", "\X-Odd". More than 1,000 keywords, or
  /// unknown flags, are ignored.
  void add(std::string_view flag);
  [[nodiscard]] bool has_keyword(std::string_view keyword) const;
  [[nodiscard]] bool empty() const noexcept { return system == 0 && keywords.empty() && unknown.empty(); }

  /// What a command may carry, without the parentheses: system flags but \Recent, then the keywords that
  /// are sendable.
  [[nodiscard]] std::string to_string() const;

  /// Equal as sets, keywords compared without case; \Recent and unknown flags do not count.
  friend bool operator==(const Flags& a, const Flags& b);
};

/// PERMANENTFLAGS: what a client may change for good (RFC 9051 section 7.1).
struct PermanentFlags {
  Flags flags;
  bool any_keyword = false; ///< "\*": new keywords may be made
  bool known = false;       ///< the server sent the code at all; without it everything is assumed permitted
};

/// Whether a keyword may be sent as it is: a valid flag-keyword atom of printable ASCII, at most 100 bytes, without "]"
/// (Dovecot refuses it) and not beginning with a backslash.
[[nodiscard]] bool is_sendable_keyword(std::string_view keyword) noexcept;

/// The part of `flags` that may be sent to a mailbox with these PERMANENTFLAGS; the rest but \Recent is added to
/// `left_out` when given, spelled as on the wire.
[[nodiscard]] Flags permitted(const Flags& flags, const PermanentFlags& permanent,
                              std::vector<std::string>* left_out = nullptr);

/// Flags separated by blanks, as Flags::to_string gives them.
[[nodiscard]] Flags flags_from(std::string_view text);

/// Compares ASCII without case.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

} // namespace imapferry::imap::proto
