#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace imapferry::net {

/// Does something when its time is up, unless it goes before that. The action runs on the executor; it closes or
/// cancels what is being waited for, and the waiter then asks has_passed() why it was woken.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// `when` may be Clock::time_point::max(): never.
  Deadline(const boost::asio::any_io_executor& executor, Clock::time_point when, std::function<void()> on_expiry);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  [[nodiscard]] bool has_passed() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// When to give up the first of `count` things that are tried one after the other: an equal share of the time that is
/// left, but not less than a quarter of it.
[[nodiscard]] Deadline::Clock::time_point share_of(Deadline::Clock::time_point now, Deadline::Clock::time_point until,
                                                   std::size_t count);

}  // namespace imapferry::net
