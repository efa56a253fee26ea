#include "core/rate_limit.hpp"

#include <algorithm>

namespace imapferry::core {

namespace {

using namespace std::chrono_literals;

// What other clients of Gmail have found to work with its [THROTTLED].
constexpr RateLimit::Duration first_step = 50ms;
constexpr RateLimit::Duration longest_step = 16s;
constexpr RateLimit::Duration calm = 500ms;
// A pause that would take years must not overflow the clock.
constexpr double longest_wait_seconds = 30.0 * 24 * 3600;

std::uint64_t in_one_second(double rate) {
  constexpr double most = 1e15;
  return static_cast<std::uint64_t>(std::clamp(rate, 1.0, most));
}

double seconds(RateLimit::Clock::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

double pause_for(double done, double seconds, double per_second) noexcept {
  if (per_second <= 0) return 0;
  return std::clamp(done / per_second - seconds, 0.0, longest_wait_seconds);
}

RateLimit::Portion RateLimit::next_portion() const noexcept {
  Portion portion;
  if (!is_on_) return portion;
  if (rates_.messages_per_second > 0) portion.messages = in_one_second(rates_.messages_per_second);
  if (counts_bytes()) portion.bytes = in_one_second(rates_.bytes_per_second);
  // The bytes that are free do not bring others along.
  if (rates_.bytes_per_second > 0 && bytes_before_ > 0) portion.bytes = bytes_before_;
  return portion;
}

RateLimit::Clock::time_point RateLimit::begin(std::uint64_t messages, std::uint64_t bytes, Clock::time_point now) {
  const bool begins_anew = !is_begun_ && is_on_;
  is_begun_ = is_on_;
  if (begins_anew) {
    start_ = now;
    messages_ = 0;
    bytes_ = 0;
  }
  Clock::time_point turn = std::max(now, held_until_);
  if (step_ > 0ms) turn = std::max(turn, last_turn_ + step_);
  if (is_on_) {
    const double elapsed = seconds(now - start_);
    const double pause = std::max(pause_for(messages_, elapsed, rates_.messages_per_second),
                                  pause_for(bytes_, elapsed, rates_.bytes_per_second));
    Clock::time_point fair = now + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause));
    if (rates_.longest_pause) {
      const Duration most = *rates_.longest_pause * static_cast<int>(std::min<std::uint64_t>(messages, 1000));
      fair = std::min(fair, std::max(now, last_turn_) + most);
    }
    turn = std::max(turn, fair);
    messages_ += static_cast<double>(messages);
  }
  const std::uint64_t free = std::min(bytes, bytes_before_);
  bytes_before_ -= free;
  if (is_on_) bytes_ += static_cast<double>(bytes - free);
  last_turn_ = turn;
  return turn;
}

RateLimit::Duration RateLimit::left_of(Clock::time_point turn, Clock::time_point now) const {
  const Clock::time_point until = is_on_ ? std::max(turn, held_until_) : held_until_;
  return std::max(std::chrono::ceil<Duration>(until - now), Duration(0));
}

void RateLimit::hold(Duration time, Clock::time_point now) { held_until_ = std::max(held_until_, now + time); }

void RateLimit::heard(bool is_throttled, Clock::time_point now) {
  if (is_throttled) {
    step_ = step_ > 0ms ? std::min(2 * step_, longest_step) : first_step;
    last_throttled_ = now;
    hold(step_, now);
  } else if (step_ > 0ms && now - last_throttled_ >= calm) {
    step_ = step_ * 3 / 4;
    if (step_ < first_step) step_ = 0ms;
  }
}

}  // namespace imapferry::core
