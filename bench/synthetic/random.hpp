#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace imapferry::bench::synthetic {

/// SplitMix64's finaliser: every bit of the result depends on every bit of `value`.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9E37'79B9'7F4A'7C15u;
  value = (value ^ (value >> 30)) * 0xBF58'476D'1CE4'E5B9u;
  value = (value ^ (value >> 27)) * 0x94D0'49BB'1331'11EBu;
  return value ^ (value >> 31);
}

/// FNV-1a, mixed. std::hash may differ from one library to the next, and the same seed has to give the same bytes.
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325u;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x0000'0100'0000'01B3u;
  return mix(hash);
}

/// A number in [0, 1).
[[nodiscard]] inline double unit(std::uint64_t random) noexcept { return static_cast<double>(random >> 11) * 0x1p-53; }

/// Numbers that follow from where they begin.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] std::uint64_t next() noexcept { return mix(state_++); }
  [[nodiscard]] std::size_t below(std::size_t bound) noexcept {
    return static_cast<std::size_t>(((next() >> 32) * bound) >> 32);
  }
  [[nodiscard]] bool happens(double probability) noexcept { return unit(next()) < probability; }
  /// Normally distributed, with mean 0 and deviation 1 (Box and Muller).
  [[nodiscard]] double normal() noexcept {
    const double radius = std::sqrt(-2 * std::log(1 - unit(next())));
    return radius * std::cos(2 * std::numbers::pi * unit(next()));
  }

 private:
  std::uint64_t state_;
};

}  // namespace imapferry::bench::synthetic
