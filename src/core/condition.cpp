#include "core/condition.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace imapferry::core {

namespace asio = boost::asio;

Condition::Condition(const asio::any_io_executor& executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

asio::awaitable<void> Condition::wait() { co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable)); }

void Condition::notify_all() { timer_.cancel(); }

}  // namespace imapferry::core
