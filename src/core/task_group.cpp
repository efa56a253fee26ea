#include "core/task_group.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace imapferry::core {

TaskGroup::TaskGroup(const boost::asio::any_io_executor& executor) : executor_(executor), ended_(executor) {}

void TaskGroup::spawn(boost::asio::awaitable<void> task) {
  ++running_;
  boost::asio::co_spawn(executor_, std::move(task), [this](std::exception_ptr error) {
    if (error && !first_error_) first_error_ = error;
    --running_;
    ended_.notify_all();
  });
}

boost::asio::awaitable<void> TaskGroup::join() {
  while (running_ > 0) co_await ended_.wait();
  if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
}

}  // namespace imapferry::core
