#pragma once

#include "core/failure.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct bio_method_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace imapferry::net {

/// The client's end of TLS on a connected socket, which stays its owner's. Closing the socket ends every operation
/// here.
///
///   read:   socket ─► incoming, several records at once ─► OpenSSL ─► the caller's buffer
///   write:  the caller's pieces ─► OpenSSL ─► outgoing, several records at once ─► socket
///
/// Not asio::ssl::stream, which needs a system call and a turn of the loop for every record of 16 KiB.
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
  struct FreeSession {
    void operator()(ssl_st* session) const noexcept;
  };
  /// Where OpenSSL finds what came from the socket and leaves what is to go there. It never waits on its own.
  struct Transport {
    std::vector<char> incoming;
    std::size_t begin = 0;  ///< of what OpenSSL has not taken yet
    std::size_t end = 0;
    std::string outgoing;
  };

  void expect_server();
  static bio_method_st* transport_method();
  static int judge_certificate(int is_trusted, x509_store_ctx_st* verification);
  [[nodiscard]] std::optional<core::Failure> check_fingerprint() const;
  [[nodiscard]] core::Failure handshake_failure(const boost::system::error_code& error) const;
  boost::asio::awaitable<boost::system::error_code> receive();
  boost::asio::awaitable<boost::system::error_code> encrypt(std::string_view plaintext);
  boost::asio::awaitable<boost::system::error_code> flush();

  Socket& socket_;
  Transport transport_;
  std::unique_ptr<ssl_st, FreeSession> session_;
  std::string server_name_;
  bool verify_;
  std::vector<std::string> fingerprints_;
  int lowest_version_;
  std::string refusal_;  ///< why the certificate was refused; set during the handshake
  std::string staged_;   ///< small pieces that wait to become one record
  std::string sending_;  ///< records on their way to the kernel; new ones gather in the transport meanwhile
};

}  // namespace imapferry::net
