#pragma once

#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace imapferry::net {

enum class AddressFamily { any, ipv4, ipv6 };

/// Where to, and how.
struct Target {
  std::string host;  ///< a name, an IPv4 address or an IPv6 address (with or without brackets)
  std::uint16_t port = 0;
  AddressFamily family = AddressFamily::any;
  bool implicit_tls = false;  ///< TLS from the first byte (RFC 8314)
  bool keepalive = true;      ///< SO_KEEPALIVE
  TlsOptions tls;
  std::chrono::milliseconds timeout{120'000};  ///< for name, connection and handshake together; 0 means no limit
};

/// Resolves the name, tries its addresses in order (a quarter of the remaining time each at least, so that a dead first
/// address does not use up everything), and completes the TLS handshake when asked to.
/// Throws core::Error: Fault::connect (name, port, network), timeout, tls or certificate; the message names host and
/// port.
boost::asio::awaitable<std::unique_ptr<Stream>> connect(const Target& target);

}  // namespace imapferry::net
