#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

namespace imapferry::core {

/// 16 bytes of hash.
struct Hash128 {
  std::array<std::uint64_t, 2> bits{};
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

/// Key of a hash. Who does not know it cannot craft two texts that collide.
struct HashKey {
  std::array<std::uint64_t, 2> bits{};
};

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein).
[[nodiscard]] Hash128 sip_hash(const HashKey& key, std::string_view bytes);

/// The same over bytes that come in pieces; where they are cut makes no difference.
class SipHasher {
 public:
  explicit SipHasher(const HashKey& key) noexcept;
  void update(std::string_view bytes) noexcept;
  /// Ends the hash; the hasher is used up.
  [[nodiscard]] Hash128 finish() noexcept;

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

}  // namespace imapferry::core
