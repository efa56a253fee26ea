#pragma once

#include "core/secret.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::config {

/// How a connection is protected.
enum class Protection {
  automatic,  ///< TLS on 993 when something answers there, else port 143 with STARTTLS when offered
  tls,        ///< TLS from the first byte
  starttls,   ///< STARTTLS, and nothing when it is not offered
  none,       ///< asked for explicitly: passwords may travel in the clear
};

enum class AddressFamily { any, ipv4, ipv6 };

/// How TLS is spoken, and how a server's certificate is judged.
struct TlsSpec {
  bool verify_certificate = true;
  std::string ca_file;                     ///< empty: the system's authorities
  std::string ca_path;                     ///< a folder of hashed certificates
  std::vector<std::string> fingerprints;   ///< "sha256$0123...": whoever has one of these certificates is trusted
  std::string expected_name;               ///< in the certificate; empty: the host
  std::string ciphers;                     ///< as OpenSSL writes them; empty: its own choice
  std::string certificate_file, key_file;  ///< our own
  int lowest_version = 12;                 ///< 10 is TLS 1.0, 13 is TLS 1.3
  int highest_version = 13;
};

/// How one logs in to a server.
struct LoginSpec {
  std::string mechanism;        ///< "LOGIN", "PREAUTH" or the name of a SASL mechanism; empty: what the server offers
  std::string administrator;    ///< logs in for the user, with the password that is given; empty: the user does
  bool use_proxyauth = false;   ///< by PROXYAUTH rather than by an authorization identity
  bool falls_back = true;       ///< to LOGIN where a mechanism fails, unless a password would be exposed by it
  std::string domain;           ///< for NTLM
  core::Secret token;           ///< OAuth 2.0 access token, where it does not come from a file
  std::string token_file;       ///< its first line, read anew before each login
  bool is_token_whole = false;  ///< it is the whole XOAUTH2 message in base64

  [[nodiscard]] bool has_token() const noexcept { return !token.empty() || !token_file.empty(); }
  /// Whether a password is of any use.
  [[nodiscard]] bool needs_password() const noexcept {
    return !has_token() && mechanism != "EXTERNAL" && mechanism != "PREAUTH";
  }
};

/// One of the two servers.
struct ServerSpec {
  std::string host;
  std::optional<std::uint16_t> port;
  Protection protection = Protection::automatic;
  bool probe_tls_port = true;  ///< --sslcheck: try 993 first when neither port nor protection is given
  bool allow_starttls = true;  ///< false with --notlsN alone
  AddressFamily family = AddressFamily::any;
  TlsSpec tls;
  std::chrono::milliseconds timeout{120'000};  ///< how long nothing may move; 0 means no limit
  bool keepalive = true;                       ///< the system checks idle connections
  bool compress = false;                       ///< where the server can
  LoginSpec login;
  bool send_id = true;
  unsigned reconnects = 5;          ///< attempts after a lost connection that may achieve nothing, in a row
  std::string known_as;             ///< what it is called where things are remembered; empty: by host and port
  std::size_t max_connections = 0;  ///< at once, all accounts together; 0 means our default
};

}  // namespace imapferry::config
