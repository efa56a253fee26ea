#include "core/pause.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace imapferry::core {

namespace {

constexpr std::chrono::milliseconds first_wait{500};
constexpr std::chrono::milliseconds slice{200};
constexpr unsigned most_doublings = 5;

}  // namespace

boost::asio::awaitable<void> pause(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

boost::asio::awaitable<void> pause_until(std::chrono::milliseconds time, const bool& is_over) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!is_over) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) co_return;
    co_await pause(std::min(left, slice));
  }
}

std::chrono::milliseconds backoff(unsigned failed) noexcept {
  return first_wait * (1U << std::min(failed > 0 ? failed - 1 : 0U, most_doublings));
}

}  // namespace imapferry::core
