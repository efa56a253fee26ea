#pragma once

#include "core/failure.hpp"
#include "server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>

namespace imapferry::net::test {

/// One authority for all tests, and the file that makes it trusted.
struct World {
  Authority authority{"Test Authority"};
  TemporaryFile ca_file{authority.certificate()};
};
const World& world();

/// A certificate of that authority for localhost and 127.0.0.1.
Identity loopback_identity();

/// Trusts that authority; an empty name stands for the address that is connected to.
TlsOptions options_for(const std::string& server_name);
Target tls_target(const Listener& listener);

/// What came of connecting: a failure, or what protected the stream that is closed again.
struct Outcome {
  std::optional<core::Failure> failure;
  std::string protection;
};
boost::asio::awaitable<void> connect_once(const Target& target, Outcome& outcome);

/// The failure that connecting to `server` must end with.
core::Failure failure_at(boost::asio::io_context& io, boost::asio::awaitable<void> server, const Target& target);

}  // namespace imapferry::net::test
