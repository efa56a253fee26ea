#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace imapferry::bench {

/// A stretch of the line with a bandwidth: bytes that come while it is busy wait for their turn. May be shared by many
/// connections, or be one's own; without a bandwidth it takes no time.
class Bottleneck {
 public:
  using Clock = std::chrono::steady_clock;

  /// 0 means without limit.
  explicit Bottleneck(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  [[nodiscard]] bool is_limited() const noexcept { return bytes_per_second_ > 0; }

  /// When the last of these bytes has come through.
  Clock::time_point pass(Clock::time_point now, std::size_t bytes) {
    if (!is_limited()) return now;
    const std::chrono::duration<double> takes(static_cast<double>(bytes) / bytes_per_second_);
    free_at_ = std::max(now, free_at_) + std::chrono::duration_cast<Clock::duration>(takes);
    return free_at_;
  }

  /// When more should be sent into it: a router's queue is short, and the sender is to feel it when it is full.
  [[nodiscard]] Clock::time_point ready_at() const {
    return is_limited() ? free_at_ - longest_queue : Clock::time_point::min();
  }

  /// How much to send into it at once, so that the bytes come out evenly and not in bursts.
  [[nodiscard]] std::size_t portion(std::size_t most) const {
    constexpr double seconds = 0.002;
    constexpr double packet = 1460;
    if (!is_limited()) return most;
    return static_cast<std::size_t>(std::min(std::max(bytes_per_second_ * seconds, packet), static_cast<double>(most)));
  }

 private:
  static constexpr std::chrono::milliseconds longest_queue{20};
  double bytes_per_second_;
  Clock::time_point free_at_{};
};

}  // namespace imapferry::bench
