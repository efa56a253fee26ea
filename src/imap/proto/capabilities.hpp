#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// The capabilities that change what we do; the others are kept by name only.
enum class Capability {
  imap4rev1,
  imap4rev2,
  literal_plus,  ///< LITERAL+  (RFC 7888)
  literal_minus, ///< LITERAL-  (RFC 7888): non-synchronising up to 4096 bytes; implied by IMAP4rev2
  starttls,
  logindisabled,
  sasl_ir,
  auth_plain,
  auth_login,
  id,
  enable,
  name_space,  ///< NAMESPACE
  unselect,    ///< implied by IMAP4rev2
  uidplus,     ///< implied by IMAP4rev2
  multiappend, ///< RFC 3502
  special_use, ///< RFC 6154
  create_special_use,
  list_extended,
  list_status, ///< RFC 5819
  status_size, ///< STATUS=SIZE
  condstore,
  qresync,
  esearch,
  move,
  binary,
  compress_deflate,
  utf8_accept,
  objectid,
  gmail_extensions, ///< X-GM-EXT-1
  count_,
};

/// What a server says it can do. Names are compared without case.
class Capabilities {
 public:
  [[nodiscard]] bool has(Capability capability) const noexcept;
  /// For names outside the enumeration, e.g. "QUOTA".
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool empty() const noexcept { return names_.empty(); }
  /// APPENDLIMIT=n (RFC 7889); nothing when absent or without a number. The last one counts.
  [[nodiscard]] std::optional<std::uint64_t> append_limit() const noexcept { return append_limit_; }
  /// As received, upper case, in order, without repeats.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// Adds one atom of a CAPABILITY response. More than 1,000 of them, or one over 200 bytes, are ignored.
  void add(std::string_view atom);
  /// Reads "IMAP4rev1 LITERAL+ ..." (the part after the word CAPABILITY).
  static Capabilities parse(std::string_view text);

 private:
  std::bitset<static_cast<std::size_t>(Capability::count_)> known_;
  std::vector<std::string> names_;
  std::optional<std::uint64_t> append_limit_;
};

} // namespace imapferry::imap::proto
