#include "net/connect.hpp"

#include "core/failure.hpp"
#include "net/deadline.hpp"
#include "net/error_text.hpp"
#include "net/resolve.hpp"
#include "net/socket_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace imapferry::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = Deadline::Clock;
using Endpoints = std::vector<tcp::endpoint>;

namespace {

std::string limit_text(std::chrono::milliseconds limit) {
  const auto count = limit.count();
  return count % 1000 == 0 ? fmt::format("{} s", count / 1000) : fmt::format("{} ms", count);
}

core::Error timeout_error(const Target& target, std::string_view what) {
  return {core::Fault::timeout,
          fmt::format("{}: {} within {}", peer_label(target.host, target.port), what, limit_text(target.timeout))};
}

asio::awaitable<error_code> connect_to(tcp::socket& socket, const tcp::endpoint& endpoint, Clock::time_point until) {
  const Deadline deadline(socket.get_executor(), until, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  const auto [result] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  error_code error = result;
  if (deadline.has_passed()) error = asio::error::timed_out;
  error_code ignored;
  if (error) socket.close(ignored);
  co_return error;
}

[[noreturn]] void fail(const Target& target, const error_code& error, const Endpoints& endpoints, std::size_t tried) {
  const bool is_timeout = error == asio::error::timed_out;
  std::string reason = is_timeout ? "no connection" : clause_of(error);
  if (is_timeout && target.timeout.count() > 0) reason += fmt::format(" within {}", limit_text(target.timeout));
  if (endpoints.size() > 1) {
    reason += fmt::format(" (tried {} of {} addresses, {} last)", tried, endpoints.size(),
                          endpoints[tried - 1].address().to_string());
  }
  throw core::Error(is_timeout ? core::Fault::timeout : core::Fault::connect,
                    fmt::format("{}: {}", peer_label(target.host, target.port), reason));
}

asio::awaitable<tcp::socket> connect_to_any(const Target& target, const Endpoints& endpoints, Clock::time_point until) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  error_code error;
  std::size_t tried = 0;
  while (tried < endpoints.size()) {
    error = co_await connect_to(socket, endpoints[tried], share_of(Clock::now(), until, endpoints.size() - tried));
    ++tried;
    if (!error) break;
    if (error == asio::error::operation_aborted || Clock::now() >= until) break;
  }
  if (error) fail(target, error, endpoints, tried);
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (target.keepalive) socket.set_option(tcp::socket::keep_alive(true), ignored);
  co_return std::move(socket);
}

asio::awaitable<void> secure(SocketStream& stream, const Target& target, Clock::time_point until) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Deadline deadline(executor, until, [&stream] { stream.close(); });
  try {
    co_await stream.start_tls(target.tls);
  } catch (const core::Error& error) {
    if (deadline.has_passed()) throw timeout_error(target, "no TLS handshake");
    core::Failure failure = error.failure();
    // The caller has no connection yet that could have been lost.
    if (failure.fault == core::Fault::closed) failure.fault = core::Fault::connect;
    throw core::Error(std::move(failure));
  }
}

}  // namespace

asio::awaitable<std::unique_ptr<Stream>> connect(const Target& target) {
  const bool is_limited = target.timeout.count() > 0;
  const Clock::time_point until = is_limited ? Clock::now() + target.timeout : Clock::time_point::max();
  const Endpoints endpoints = co_await resolve(target, until);
  tcp::socket socket = co_await connect_to_any(target, endpoints, until);
  auto stream = std::make_unique<SocketStream>(std::move(socket), bare_host(target), target.port);
  if (target.implicit_tls) co_await secure(*stream, target, until);
  std::unique_ptr<Stream> result = std::move(stream);
  co_return result;
}

}  // namespace imapferry::net
