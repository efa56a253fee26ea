#include "listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace imapferry::bench {

namespace asio = boost::asio;

namespace {

void add(Passed& passed, const Relay& relay) {
  passed.bytes_to_target += relay.bytes_to_target();
  passed.bytes_from_target += relay.bytes_from_target();
  passed.round_trips += relay.round_trips();
  passed.round_trips_most = std::max(passed.round_trips_most, relay.round_trips());
}

}  // namespace

Listener::Listener(asio::io_context& context, const Route& route, std::span<char> scratch)
    : route_(route), acceptor_(context, Tcp::endpoint(asio::ip::address_v4::loopback(), route.port)), pause_(context),
      connections_(context.get_executor()), scratch_(scratch), line_(route.shape) {
  Tcp::resolver resolver(context);
  target_ = resolver.resolve(route.host, route.service).begin()->endpoint();
  acceptor_.listen(4096);
}

Passed Listener::passed() const {
  Passed passed = ended_;
  passed.connections_open = live_.size();
  for (const Relay* relay : live_) add(passed, *relay);
  return passed;
}

asio::awaitable<void> Listener::run() {
  while (!stopping_) {
    auto accepted = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    auto& [error, socket] = accepted;
    if (stopping_) break;
    if (error) {
      // Out of descriptors, most likely: those that end make room.
      pause_.expires_after(std::chrono::milliseconds(100));
      co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    ++ended_.connections;
    connections_.spawn(serve(std::move(socket)));
  }
  co_await connections_.join();
}

void Listener::stop() {
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (Relay* relay : live_) relay->close();
}

asio::awaitable<void> Listener::serve(Tcp::socket client) {
  Relay relay(std::move(client), target_, line_, scratch_);
  live_.insert(&relay);
  ended_.connections_most = std::max<std::uint64_t>(ended_.connections_most, live_.size());
  co_await relay.run();
  live_.erase(&relay);
  add(ended_, relay);
}

void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace imapferry::bench
