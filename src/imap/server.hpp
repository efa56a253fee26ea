#pragma once

#include "core/secret.hpp"
#include "net/connect.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::imap {

class WireListener;

/// How a server is reached.
struct Server {
  enum class Protection {
    automatic,  ///< TLS on port 993 when it answers, else port 143 with STARTTLS when offered
    tls,        ///< from the first byte
    starttls,   ///< asked for; its absence is a failure
    none,       ///< the user has said so: passwords may travel in the clear
  };
  std::string host;
  std::optional<std::uint16_t> port;
  Protection protection = Protection::automatic;
  bool probe_tls_port = true;  ///< automatic: try 993 first
  bool allow_starttls = true;  ///< automatic: use STARTTLS when offered
  net::AddressFamily family = net::AddressFamily::any;
  net::TlsOptions tls;
  std::chrono::milliseconds timeout{120'000};
  bool keepalive = true;
  bool compress = false;
  bool send_id = true;
  unsigned reconnects = 5;       ///< attempts after a lost connection that may achieve nothing, in a row
  WireListener* wire = nullptr;  ///< hears what travels (--debugimap); outlives all connections
  bool track_changes = false;    ///< ask for modification sequences (RFC 7162), which some servers keep only when asked
};

/// One way to a server.
struct Route {
  enum class StartTls { never, if_offered, required };
  std::uint16_t port = 993;
  bool implicit_tls = true;
  StartTls start_tls = StartTls::never;
  bool is_probe = false;            ///< when nothing answers there, the next route is tried
  bool may_login_in_clear = false;  ///< even where the address is not a loopback one
};

/// The ways to try, in order: imapsync's choice of port and protection.
[[nodiscard]] std::vector<Route> routes_to(const Server& server);

/// Who logs in, and how.
struct Credentials {
  std::string user{};
  core::Secret password{};
  std::string mechanism{};      ///< a SASL mechanism, "LOGIN" or "PREAUTH"; empty: what the server offers
  std::string administrator{};  ///< whose password it is, where that is not the user
  bool use_proxyauth = false;   ///< the administrator logs in, and PROXYAUTH makes them the user
  bool falls_back = false;      ///< to LOGIN, when the mechanism does not work out
  std::string domain{};         ///< for NTLM
  core::Secret token{};         ///< OAuth 2.0: in place of the password
  bool is_token_whole = false;  ///< it is the whole message, in base64
};

}  // namespace imapferry::imap
