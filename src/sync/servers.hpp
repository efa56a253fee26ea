#pragma once

#include "config/run_config.hpp"
#include "imap/pool.hpp"
#include "sync/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace imapferry::sync {

/// What the command line says of a server, in the words of the IMAP engine.
[[nodiscard]] imap::Server server_of(const config::ServerSpec& spec, bool track_changes);

/// The two servers of a run, with the connections to them.
class Servers {
 public:
  /// `track_changes`: what the servers tell of changes will be remembered.
  Servers(const config::ServerSpec& source, const config::ServerSpec& destination, bool track_changes);

  [[nodiscard]] imap::Pool& pool(Side side) noexcept { return side == Side::source ? source_ : destination_; }
  /// Connects, sees who answers and how the connection is protected, and leaves. Throws core::Error.
  boost::asio::awaitable<Connected> greet(Side side);
  /// Stops waiting for servers that are busy: what they refuse fails at once.
  void give_up() noexcept;

 private:
  imap::Pool source_;
  imap::Pool destination_;
};

}  // namespace imapferry::sync
