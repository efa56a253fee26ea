#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace imapferry::config {

/// How a connection is protected.
enum class Protection {
  automatic,  ///< TLS on 993 when something answers there, else port 143 with STARTTLS when offered
  tls,        ///< TLS from the first byte
  starttls,   ///< STARTTLS, and nothing when it is not offered
  none,       ///< asked for explicitly: passwords may travel in the clear
};

enum class AddressFamily { any, ipv4, ipv6 };

/// One of the two servers.
struct ServerSpec {
  std::string host;
  std::optional<std::uint16_t> port;
  Protection protection = Protection::automatic;
  bool probe_tls_port = true;  ///< --sslcheck: try 993 first when neither port nor protection is given
  bool allow_starttls = true;  ///< false with --notlsN alone
  AddressFamily family = AddressFamily::any;
  bool verify_certificate = true;
  std::string ca_file;
  std::chrono::milliseconds timeout{120'000};  ///< how long nothing may move; 0 means no limit
  bool send_id = true;
  unsigned reconnects = 5;          ///< attempts after a lost connection that may achieve nothing, in a row
  std::string known_as;             ///< what it is called where things are remembered; empty: by host and port
  std::size_t max_connections = 0;  ///< at once, all accounts together; 0 means our default
};

}  // namespace imapferry::config
