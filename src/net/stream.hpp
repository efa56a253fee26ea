#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::net {

/// How TLS is spoken, and how a server's certificate is judged.
struct TlsOptions {
  bool verify = true;   ///< check the chain and the host name
  std::string ca_file;  ///< PEM file to trust instead of the system's authorities
  std::string ca_path;  ///< the same as a folder of hashed certificates
  /// "sha256$" and hexadecimal digits: the server's certificate must have one of them, and nothing else is asked of it.
  std::vector<std::string> fingerprints;
  std::string expected_name;               ///< in its certificate; empty: server_name
  std::string ciphers;                     ///< for TLS 1.2 and older, as OpenSSL writes them
  std::string certificate_file, key_file;  ///< our own (PEM); the key may be in the same file
  int lowest_version = 12;                 ///< 10 is TLS 1.0, 13 is TLS 1.3
  int highest_version = 13;
  std::string server_name;  ///< name sent as SNI and checked; the host that was connected to
};

/// One byte stream to a server: TCP, or TLS over it. The rest of the program sees only this, so Asio's socket and TLS
/// headers stay in this folder. One read and one write may be in flight at once; never two of the same kind.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// Waits for at least one byte. Returns 0 at the end of the stream (orderly or not: IMAP tells the two apart by BYE).
  /// Throws core::Error (Fault::closed) on any other failure, also after close().
  virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into) = 0;

  /// Writes all the pieces in order. Throws core::Error (Fault::closed); after that the stream is of no more use,
  /// because half a TLS record may have been sent.
  virtual boost::asio::awaitable<void> write(std::span<const std::string_view> pieces) = 0;

  /// Puts TLS over the stream (RFC 9051 section 6.2.1: after STARTTLS was accepted). No read or write may be in flight.
  /// Throws core::Error (Fault::tls or Fault::certificate).
  virtual boost::asio::awaitable<void> start_tls(const TlsOptions& options) = 0;

  /// "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty when the stream is not protected.
  [[nodiscard]] virtual std::string protection() const = 0;

  /// Whether the peer's address is a loopback one: there a password may travel in the clear.
  [[nodiscard]] virtual bool is_loopback() const = 0;

  /// Ends both directions at once; what is in flight fails. May be called at any time and more than once.
  virtual void close() noexcept = 0;
};

}  // namespace imapferry::net
