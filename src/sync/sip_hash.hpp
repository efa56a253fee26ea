#pragma once

#include "sync/identity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imapferry::sync {

/// SipHash-2-4 with 128 bits of output over bytes that come in pieces; where they are cut makes no difference.
class SipHasher {
 public:
  explicit SipHasher(const IdentityKey& key) noexcept;
  void update(std::string_view bytes) noexcept;
  /// Ends the hash; the hasher is used up.
  [[nodiscard]] Identity finish() noexcept;

 private:
  void absorb(std::uint64_t word) noexcept;
  void rounds(int count) noexcept;

  std::array<std::uint64_t, 4> v_;
  std::uint64_t tail_ = 0;  ///< the bytes that do not fill a word yet, little-endian
  unsigned tail_size_ = 0;  ///< 0..7
  std::uint64_t total_size_ = 0;
};

}  // namespace imapferry::sync
