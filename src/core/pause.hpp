#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace imapferry::core {

/// Lets some time go by for this coroutine alone.
boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

/// The same, in slices, and no longer than until `is_over`.
boost::asio::awaitable<void> pause_until(std::chrono::milliseconds time, const bool& is_over);

/// How long to wait before another attempt, when `failed` in a row have failed: half a second, doubled up to 16.
[[nodiscard]] std::chrono::milliseconds backoff(unsigned failed) noexcept;

}  // namespace imapferry::core
