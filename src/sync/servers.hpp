#pragma once

#include "config/run_config.hpp"
#include "core/worker.hpp"
#include "imap/pool.hpp"
#include "imap/wire_trace.hpp"
#include "sync/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace imapferry::sync {

/// Who logs in and how, in the words of the IMAP engine; a token that lies in a file is not read here.
[[nodiscard]] imap::Credentials credentials_of(const config::Login& login, const config::LoginSpec& how);

/// The same as it is now: a token that lies in a file is read anew, beside the loop. Throws core::Error.
[[nodiscard]] boost::asio::awaitable<imap::Credentials>
current_credentials(const config::Login& login, const config::LoginSpec& how, core::Worker& worker);

/// What the command line says of a server, in the words of the IMAP engine.
[[nodiscard]] imap::Server server_of(const config::ServerSpec& spec, bool track_changes);

/// Hears what travels on one side's connections, line by line; empty for nobody.
using WireHearer = std::function<void(std::string_view line)>;

/// The two servers of a run, with the connections to them.
class Servers {
 public:
  /// Both outlive it. `track_changes`: what the servers tell of changes will be remembered.
  Servers(const config::ServerSpec& source, const config::ServerSpec& destination, bool track_changes,
          WireHearer source_wire = {}, WireHearer destination_wire = {});

  [[nodiscard]] imap::Pool& pool(Side side) noexcept { return side == Side::source ? source_ : destination_; }
  [[nodiscard]] const config::ServerSpec& spec(Side side) const noexcept {
    return side == Side::source ? source_spec_ : destination_spec_;
  }
  /// Connects, sees who answers and how the connection is protected, and leaves. Throws core::Error.
  boost::asio::awaitable<Connected> greet(Side side);
  /// Stops waiting for servers that are busy: what they refuse fails at once.
  void give_up() noexcept;
  /// Closes every connection; whoever works with one opens it anew.
  void reconnect();

 private:
  const config::ServerSpec& source_spec_;
  const config::ServerSpec& destination_spec_;
  std::unique_ptr<imap::WireListener> source_wire_;  ///< outlive the connections
  std::unique_ptr<imap::WireListener> destination_wire_;
  imap::Pool source_;
  imap::Pool destination_;
};

}  // namespace imapferry::sync
