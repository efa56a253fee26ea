#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// A unique identifier (RFC 9051 section 2.3.1.1). Never 0 on the wire; 0 means "none" in our structures.
using Uid = std::uint32_t;

/// A set of UIDs as sorted ranges that neither touch nor overlap; the wire form is RFC 9051's sequence-set.
class UidSet {
 public:
  struct Range {
    Uid first = 0;
    Uid last = 0; ///< inclusive
    friend auto operator<=>(const Range&, const Range&) = default;
  };

  UidSet() = default;
  /// One range; the ends may come in either order.
  static UidSet of(Uid first, Uid last);

  /// Adds one UID; amortised O(1) when UIDs come in ascending order. 0 is no UID and is left out.
  void add(Uid uid) { add(uid, uid); }
  void add(Uid first, Uid last);

  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
  [[nodiscard]] bool contains(Uid uid) const noexcept;
  /// How many UIDs.
  [[nodiscard]] std::uint64_t size() const noexcept;
  [[nodiscard]] const std::vector<Range>& ranges() const noexcept { return ranges_; }

  /// "1:5,7,9:12"; empty for an empty set (which no command may carry).
  [[nodiscard]] std::string to_string() const;
  /// The set cut into wire forms of at most `max_length` characters each, in order (a command line is bounded).
  /// A range is never cut: one that is longer (21 characters at most) stands alone.
  [[nodiscard]] std::vector<std::string> to_strings(std::size_t max_length) const;

  /// Reads "1:5,7" (no "*"); nothing when it is not a valid uid-set or has more than `max_ranges` ranges.
  static std::optional<UidSet> parse(std::string_view text, std::size_t max_ranges = 1'000'000);

  friend bool operator==(const UidSet&, const UidSet&) = default;

 private:
  std::vector<Range> ranges_;
};

} // namespace imapferry::imap::proto
