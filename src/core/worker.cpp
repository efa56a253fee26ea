#include "core/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace imapferry::core {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> call(std::function<void()> work) {
  work();
  co_return;
}

}  // namespace

asio::awaitable<void> Worker::run(std::function<void()> work) {
  asio::awaitable<void> task = call(std::move(work));
  co_await asio::co_spawn(thread_.get_executor(), std::move(task), asio::use_awaitable);
}

}  // namespace imapferry::core
