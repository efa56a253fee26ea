#pragma once

#include <cstdint>
#include <string_view>

namespace imapferry::imap::proto {

/// Room for messages, in bytes. A limit of 0 is none.
struct StorageQuota {
  std::uint64_t used = 0;
  std::uint64_t limit = 0;
};

/// The STORAGE of a QUOTA response (RFC 9208 section 5.2), from what stands behind that word:
///   "\"User quota\" (STORAGE 10 512 MESSAGE 1 100)"
/// Servers differ much here: what makes no sense is no limit.
[[nodiscard]] StorageQuota storage_quota_in(std::string_view text);

}  // namespace imapferry::imap::proto
