#pragma once

#include "sync/identity.hpp"

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
  /// The state of the permutation. Worked on in local copies, which stay in registers.
  struct State {
    std::uint64_t v0, v1, v2, v3;
    void rounds(int count) noexcept;
    void absorb(std::uint64_t word) noexcept;
  };

  State state_;
  std::uint64_t tail_ = 0;  ///< the bytes that do not fill a word yet, little-endian
  unsigned tail_size_ = 0;  ///< 0..7
  std::uint64_t total_size_ = 0;
};

}  // namespace imapferry::sync
