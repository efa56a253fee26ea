#pragma once

#include "core/failure.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace imapferry::net {

/// The client's end of TLS on a connected socket, which stays its owner's. Closing the socket ends every operation
/// here.
class TlsLayer {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// `server_name` is sent as SNI (unless it is an address) and, if asked for, checked against the certificate.
  TlsLayer(Socket& socket, const TlsOptions& options, std::string server_name);
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;

  /// What went wrong, or nothing. Fault::closed when the connection ended meanwhile.
  boost::asio::awaitable<std::optional<core::Failure>> handshake();
  /// The end of the stream, orderly or not, is asio::error::eof.
  boost::asio::awaitable<std::pair<boost::system::error_code, std::size_t>> read_some(std::span<char> into);
  boost::asio::awaitable<boost::system::error_code> write(std::span<const std::string_view> pieces);

  /// "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty before the handshake.
  [[nodiscard]] std::string protection() const;

 private:
  void expect_server();
  [[nodiscard]] core::Failure handshake_failure(const boost::system::error_code& error) const;
  boost::asio::awaitable<boost::system::error_code> flush();

  boost::asio::ssl::stream<Socket&> stream_;
  std::string server_name_;
  bool verify_;
  std::string refusal_;  ///< why the certificate was refused; set during the handshake
  std::string staged_;   ///< small pieces that wait to become one record
};

}  // namespace imapferry::net
