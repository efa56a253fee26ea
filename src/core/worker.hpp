#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>

namespace imapferry::core {

/// A thread beside the loop, for computations that would hold up everybody else. What it works on must not be touched
/// until run() has returned.
class Worker {
 public:
  Worker() : thread_(1) {}

  /// Does the work there, and resumes here. The work must not throw.
  boost::asio::awaitable<void> run(std::function<void()> work);

 private:
  boost::asio::thread_pool thread_;
};

}  // namespace imapferry::core
