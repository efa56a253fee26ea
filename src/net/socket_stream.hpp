#pragma once

#include "net/stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace imapferry::net {

class TlsLayer;

/// A connected TCP socket, with TLS over it once start_tls() has been called.
class SocketStream final : public Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// `host` and `port` are what the user asked for: they stand in messages, and the host is the name that TLS checks.
  SocketStream(Socket socket, std::string host, std::uint16_t port);
  ~SocketStream() override;

  boost::asio::awaitable<std::size_t> read_some(std::span<char> into) override;
  boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) override;
  boost::asio::awaitable<void> start_tls(const TlsOptions& options) override;
  [[nodiscard]] std::string protection() const override;
  [[nodiscard]] bool is_loopback() const override { return is_loopback_; }
  void close() noexcept override;

 private:
  boost::asio::awaitable<boost::system::error_code> write_plain(std::span<const std::string_view> pieces);
  [[nodiscard]] std::string name_for_tls(const TlsOptions& options) const;
  [[noreturn]] void fail(const boost::system::error_code& error) const;

  Socket socket_;
  std::string host_;
  std::string label_;
  bool is_loopback_;
  bool is_closed_ = false;
  bool is_at_end_ = false;
  std::unique_ptr<TlsLayer> tls_;
  std::vector<boost::asio::const_buffer> gathered_;
};

}  // namespace imapferry::net
