#pragma once

#include "core/task_group.hpp"
#include "relay.hpp"
#include "route.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <set>
#include <span>
#include <string>

namespace imapferry::bench {

/// What has passed through a route, or through one of its connections.
struct Passed {
  std::uint64_t connections = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_most = 0;  ///< open at the same time
  std::uint64_t bytes_to_target = 0;
  std::uint64_t bytes_from_target = 0;
  std::uint64_t round_trips = 0;
  std::uint64_t round_trips_most = 0;  ///< of a single connection
};

/// One listening port, and the connections that came in through it.
class Listener {
 public:
  Listener(boost::asio::io_context& context, const Route& route, std::span<char> scratch);

  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] const Route& route() const noexcept { return route_; }
  /// With the connections that are still open.
  [[nodiscard]] Passed passed() const;

  /// Serves until stop().
  boost::asio::awaitable<void> run();
  void stop();

 private:
  using Tcp = boost::asio::ip::tcp;

  boost::asio::awaitable<void> serve(Tcp::socket client);

  Route route_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  core::TaskGroup connections_;
  std::set<Relay*> live_;
  std::span<char> scratch_;
  Line line_;
  Tcp::endpoint target_;
  bool stopping_ = false;
  Passed ended_;
};

/// Lets this process have as many connections as the system allows.
void allow_many_descriptors();

}  // namespace imapferry::bench
