#pragma once

#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <span>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// The server's end of TLS on an accepted socket. (net::SocketStream is a client's.)
class TlsServerStream final : public net::Stream {
 public:
  TlsServerStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context)
      : stream_(std::move(socket), context) {}
  ~TlsServerStream() override { close(); }

  /// Before anything else. Throws core::Error.
  boost::asio::awaitable<void> handshake();
  boost::asio::awaitable<std::size_t> read_some(std::span<char> into) override;
  boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) override;
  boost::asio::awaitable<void> start_tls(const net::TlsOptions& options) override;
  [[nodiscard]] std::string protection() const override { return "TLS"; }
  [[nodiscard]] bool is_loopback() const override { return true; }
  void close() noexcept override;

 private:
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
};

}  // namespace imapferry::bench::synthetic
