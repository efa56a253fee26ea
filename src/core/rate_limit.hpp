#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace imapferry::core {

/// How fast something may go on, on the average; zero is no limit.
struct Rates {
  double messages_per_second = 0;
  double bytes_per_second = 0;
  std::uint64_t bytes_before = 0;  ///< so many go before bytes_per_second counts
  /// Before one message, for the sake of both; it goes before them. None: both hold.
  std::optional<std::chrono::milliseconds> longest_pause;
};

/// How long to wait so that `done` things in `seconds` and the wait are not more than `per_second` of them.
[[nodiscard]] double pause_for(double done, double seconds, double per_second) noexcept;

/// Says when the next messages may begin, so that an average is kept from the first one on. It knows neither clock nor
/// timer: whoever asks tells the time, and waits. What a server demands beside the user's limits is kept here too,
/// since it concerns all connections that work for one account.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;

  /// While `is_on` is false only the server's demands count; when it is true again, the average begins anew.
  RateLimit(const Rates& rates, const bool& is_on) : rates_(rates), is_on_(is_on) {}

  /// How much may go at once if what is copied is to come evenly: what one second allows.
  struct Portion {
    std::uint64_t messages = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  };
  [[nodiscard]] Portion next_portion() const noexcept;

  /// Counts messages that are to begin; when they may.
  Clock::time_point begin(std::uint64_t messages, std::uint64_t bytes, Clock::time_point now);
  /// How much is left of a wait until `turn`, which begin() has told; none when the limits have been lifted since.
  [[nodiscard]] Duration left_of(Clock::time_point turn, Clock::time_point now) const;

  /// The server asks for peace for a while.
  void hold(Duration time, Clock::time_point now);
  /// The server has answered; when it says that it slows us down, we slow down ourselves, and back up when it no longer
  /// does.
  void heard(bool is_throttled, Clock::time_point now);

 private:
  [[nodiscard]] bool counts_bytes() const noexcept { return rates_.bytes_per_second > 0 && bytes_before_ == 0; }

  Rates rates_;
  const bool& is_on_;
  bool is_begun_ = false;
  Clock::time_point start_{};       ///< of the average
  Clock::time_point last_turn_{};   ///< that was given out
  Clock::time_point held_until_{};  ///< by the server
  Clock::time_point last_throttled_{};
  Duration step_{0};  ///< between turns, while the server slows us down
  double messages_ = 0;
  double bytes_ = 0;                                  ///< without those before the limit counts
  std::uint64_t bytes_before_ = rates_.bytes_before;  ///< what is left of them
};

}  // namespace imapferry::core
