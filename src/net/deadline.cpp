#include "net/deadline.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace imapferry::net {

/// Shared with the timer's handler: that may already be queued, and still run, when the Deadline goes.
struct Deadline::State {
  State(const boost::asio::any_io_executor& executor, Clock::time_point when) : timer(executor, when) {}

  boost::asio::steady_timer timer;
  std::function<void()> on_expiry;
  bool is_armed = true;
  bool has_passed = false;
};

Deadline::Deadline(const boost::asio::any_io_executor& executor, Clock::time_point when,
                   std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, when)) {
  state_->on_expiry = std::move(on_expiry);
  if (when == Clock::time_point::max()) return;
  state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
    if (error || !state->is_armed) return;
    state->has_passed = true;
    state->on_expiry();
  });
}

Deadline::~Deadline() {
  state_->is_armed = false;
  state_->timer.cancel();
}

bool Deadline::has_passed() const noexcept { return state_->has_passed; }

Deadline::Clock::time_point share_of(Deadline::Clock::time_point now, Deadline::Clock::time_point until,
                                     std::size_t count) {
  if (until == Deadline::Clock::time_point::max() || until <= now) return until;
  const std::size_t shares = std::clamp<std::size_t>(count, 1, 4);
  return now + (until - now) / static_cast<Deadline::Clock::rep>(shares);
}

}  // namespace imapferry::net
