#pragma once

#include "core/task_group.hpp"
#include "net/stream.hpp"
#include "options.hpp"
#include "store.hpp"
#include "traffic.hpp"
#include "world.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

namespace imapferry::bench::synthetic {

/// The listening port and the sessions of those who have come.
class Server {
 public:
  /// All of these must outlive it.
  Server(boost::asio::io_context& context, const Options& options, World& world, Store& store);

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] const Traffic& traffic() const noexcept { return traffic_; }
  /// Serves until stop().
  boost::asio::awaitable<void> run();
  void stop();

 private:
  using Tcp = boost::asio::ip::tcp;

  boost::asio::awaitable<void> serve(Tcp::socket socket);
  boost::asio::awaitable<void> converse(Tcp::socket socket);
  boost::asio::awaitable<void> talk(net::Stream& stream);

  const Options& options_;
  World& world_;
  Store& store_;
  Traffic traffic_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::optional<boost::asio::ssl::context> tls_;
  core::TaskGroup sessions_;
  std::set<net::Stream*> streams_;
  bool is_stopping_ = false;
};

}  // namespace imapferry::bench::synthetic
