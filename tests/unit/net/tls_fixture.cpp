#include "tls_fixture.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace imapferry::net::test {

namespace asio = boost::asio;

const World& world() {
  static const World instance;
  return instance;
}

Identity loopback_identity() {
  const Profile profile{"localhost", "DNS:localhost,IP:127.0.0.1"};
  return world().authority.issue(profile);
}

TlsOptions options_for(const std::string& server_name) {
  TlsOptions options;
  options.ca_file = world().ca_file.path();
  options.server_name = server_name;
  return options;
}

Target tls_target(const Listener& listener) {
  Target target = target_for(listener.port());
  target.implicit_tls = true;
  target.tls.ca_file = world().ca_file.path();
  return target;
}

asio::awaitable<void> connect_once(const Target& target, Outcome& outcome) {
  Attempt attempt;
  co_await try_to_connect(target, attempt);
  if (attempt.stream) {
    outcome.protection = attempt.stream->protection();
  } else {
    outcome.failure = attempt.failure;
  }
}

core::Failure failure_at(asio::io_context& io, asio::awaitable<void> server, const Target& target) {
  Outcome outcome;
  run_together(io, std::move(server), connect_once(target, outcome));
  REQUIRE(outcome.failure);
  return *outcome.failure;
}

}  // namespace imapferry::net::test
