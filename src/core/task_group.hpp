#pragma once

#include "core/condition.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>

namespace imapferry::core {

/// Tasks that run side by side and are joined by their owner: no task of ours is ever detached.
/// join() must have returned before the group goes.
class TaskGroup {
 public:
  explicit TaskGroup(const boost::asio::any_io_executor& executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void spawn(boost::asio::awaitable<void> task);
  /// Waits until every task has ended, then rethrows the first exception that any of them ended with.
  boost::asio::awaitable<void> join();
  [[nodiscard]] std::size_t running() const noexcept { return running_; }

 private:
  boost::asio::any_io_executor executor_;
  Condition ended_;
  std::size_t running_ = 0;
  std::exception_ptr first_error_;
};

}  // namespace imapferry::core
