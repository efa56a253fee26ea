#pragma once

#include "core/failure.hpp"
#include "core/worker.hpp"
#include "sync/event.hpp"
#include "sync/servers.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string_view>

namespace imapferry::sync {

/// Puts a message of our own into the INBOX of one side of an account, over a connection of its own, and returns what
/// has kept it from that, which is never a failure of the account: Fault::append or Fault::quota. It is sent once only.
[[nodiscard]] boost::asio::awaitable<std::optional<core::Failure>> put_into_inbox(Servers& servers,
                                                                                  const config::AccountSpec& account,
                                                                                  core::Worker& worker, Side side,
                                                                                  std::string_view message);

}  // namespace imapferry::sync
