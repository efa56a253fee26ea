#pragma once

#include "core/secret.hpp"

#include <chrono>
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
  unsigned reconnects = 5;             ///< attempts after a lost connection that may achieve nothing, in a row
  std::string known_as;                ///< what it is called where things are remembered; empty: by host and port
  std::size_t max_connections = 0;  ///< at once, all accounts together; 0 means our default
};

struct Login {
  std::string user;
  core::Secret password;
};

/// One source login and the destination login that it goes to.
struct AccountSpec {
  std::string name;      ///< what reports call it: "user1" or "user1 -> user2"
  std::size_t line = 0;  ///< of the users file; 0 for the command line
  Login source;
  Login destination;
};

/// What happens to the flags of messages that are on the destination already.
enum class FlagRule {
  keep,     ///< nothing
  replace,  ///< they become the source's
  merge,    ///< what has changed on the source since the last run is changed there; the user's own changes stay
};

/// What is done for each account.
struct SyncRules {
  std::vector<std::string> folders;            ///< --folder: exactly these (UTF-8 or modified UTF-7)
  std::vector<std::string> folders_recursive;  ///< --folderrec: these and what is below them
  std::vector<std::string> include;            ///< Perl regular expressions
  std::vector<std::string> exclude;
  bool dry = false;                ///< change nothing on either side
  bool just_folders = false;       ///< create the mailboxes, copy no message
  bool just_folder_sizes = false;  ///< count and weigh both sides, change nothing
  FlagRule flags = FlagRule::replace;
  bool copy_deleted = true;  ///< copy again what was copied once and then deleted on the destination
  bool subscribe = true;           ///< subscribe on the destination what is subscribed on the source
};

/// What a run may use.
struct RunLimits {
  std::size_t max_accounts = 0;  ///< accounts in work at once; 0 means our default
  std::size_t lanes = 0;         ///< lanes per account; 0 means our default
  std::size_t memory =
      64u << 20;  ///< bytes that the process may take, about; huge mailboxes need more for their indexes
  std::size_t batch_messages = 0;  ///< messages per MULTIAPPEND; 0 means our default
  std::size_t batch_bytes = 0;
};

/// Where what is remembered from run to run is kept.
struct StateSpec {
  std::string directory;     ///< empty: nothing is kept
  bool is_default = false;   ///< nobody has named it: when it cannot be used the run goes on without
  bool wait = false;         ///< for accounts that another process works on
};

/// What a run is, as plain values.
struct RunConfig {
  ServerSpec source;
  ServerSpec destination;
  std::vector<AccountSpec> accounts;
  SyncRules rules;
  RunLimits limits;
  StateSpec state;
  bool just_connect = false;  ///< connect to both servers, say what they are, and stop; then a host may be empty
};

}  // namespace imapferry::config
