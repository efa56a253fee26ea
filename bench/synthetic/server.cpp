#include "server.hpp"

#include "core/failure.hpp"
#include "net/socket_stream.hpp"
#include "session.hpp"
#include "tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace imapferry::bench::synthetic {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr int backlog = 4096;

}  // namespace

Server::Server(asio::io_context& context, const Options& options, World& world, Store& store)
    : options_(options), world_(world), store_(store),
      acceptor_(context, Tcp::endpoint(asio::ip::make_address(options.host), options.port)), pause_(context),
      sessions_(context.get_executor()) {
  acceptor_.listen(backlog);
  if (!options.tls) return;
  tls_.emplace(asio::ssl::context::tls_server);
  tls_->use_certificate_chain_file(options.certificate);
  tls_->use_private_key_file(options.key, asio::ssl::context::pem);
}

awaitable<void> Server::run() {
  while (!is_stopping_) {
    auto accepted = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    auto& [error, socket] = accepted;
    if (is_stopping_) break;
    if (error) {
      // Out of descriptors, most likely: those that end make room.
      pause_.expires_after(std::chrono::milliseconds(100));
      co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    sessions_.spawn(serve(std::move(socket)));
  }
  co_await sessions_.join();
}

void Server::stop() {
  is_stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (net::Stream* stream : streams_) stream->close();
}

awaitable<void> Server::serve(Tcp::socket socket) {
  ++traffic_.connections;
  traffic_.most_open = std::max(traffic_.most_open, ++traffic_.open);
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  try {
    co_await converse(std::move(socket));
  } catch (const core::Error&) {
    ++traffic_.lost_connections;
  }
  --traffic_.open;
}

awaitable<void> Server::converse(Tcp::socket socket) {
  if (!tls_) {
    net::SocketStream stream(std::move(socket), options_.host, options_.port);
    co_await talk(stream);
    co_return;
  }
  TlsServerStream stream(std::move(socket), *tls_);
  co_await stream.handshake();
  co_await talk(stream);
}

awaitable<void> Server::talk(net::Stream& stream) {
  // Out of the set when the session ends, however it does.
  struct Entry {
    std::set<net::Stream*>& streams;
    net::Stream* stream;
    ~Entry() { streams.erase(stream); }
  };
  streams_.insert(&stream);
  const Entry entry{streams_, &stream};
  const auto session = std::make_unique<Session>(stream, world_, store_, options_.capabilities, traffic_);
  co_await session->run();
}

}  // namespace imapferry::bench::synthetic
