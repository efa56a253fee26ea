#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace imapferry::core {

/// "Something changed": a condition variable for coroutines on one executor. A wake-up carries no data, so none can be
/// lost; a waiter looks at the state again:  while (!ready()) co_await changed.wait();
class Condition {
 public:
  explicit Condition(const boost::asio::any_io_executor& executor);
  /// Returns at the next notify_all.
  boost::asio::awaitable<void> wait();
  void notify_all();
  [[nodiscard]] boost::asio::any_io_executor executor() { return timer_.get_executor(); }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace imapferry::core
