#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace imapferry::core {

/// Lets some time go by for this coroutine alone.
boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

}  // namespace imapferry::core
