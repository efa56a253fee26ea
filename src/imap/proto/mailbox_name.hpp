#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imapferry::imap::proto {

/// UTF-8 to modified UTF-7 (RFC 3501 section 5.1.3). Nothing when `utf8` is not valid UTF-8 or holds a NUL.
[[nodiscard]] std::optional<std::string> to_modified_utf7(std::string_view utf8);

/// Modified UTF-7 to UTF-8. Nothing when it is not valid: bad base64, unpaired surrogate, encoded printable ASCII or
/// NUL, a run right behind another, "&" without "-", control characters, 8-bit bytes; so a value always encodes to the
/// same bytes again. (A server that sends raw UTF-8 or a stray "&" is met by from_wire.)
[[nodiscard]] std::optional<std::string> from_modified_utf7(std::string_view name);

/// A mailbox name as the server sent it, made UTF-8 for our side. What is not valid modified UTF-7 is taken literally,
/// as UTF-8, or as Latin-1 where it is not that, so that every mailbox has a name and every name can be encoded;
/// `exact` says whether encoding it again gives the same bytes. Names that differ on the wire may become the same if
/// one is inexact.
struct WireName {
  std::string utf8;
  bool exact = true;
};
[[nodiscard]] WireName from_wire(std::string_view name);

/// INBOX is case-insensitive (RFC 9051 section 5.1); nothing else is.
[[nodiscard]] bool is_inbox(std::string_view name) noexcept;

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

} // namespace imapferry::imap::proto
