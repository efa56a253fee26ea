#include "net/connect.hpp"
#include "net/deadline.hpp"
#include "server.hpp"

#include <boost/asio/buffer.hpp>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

/// A client that hears the server's greeting and goes.
asio::awaitable<void> hear(const Target& target, std::string& greeting, std::size_t size) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  greeting = co_await read_exactly(*stream, size);
}

std::string greeting_from(const std::string& address, const std::string& host, AddressFamily family) {
  asio::io_context io;
  Listener listener(io, address);
  Target target = target_for(listener.port(), host);
  target.family = family;
  std::string greeting;
  run_together(io, serve_text(listener, "* OK"), hear(target, greeting, 4));
  return greeting;
}

core::Failure failure_of(asio::io_context& io, const Target& target) {
  Attempt attempt;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(try_to_connect(target, attempt));
  run_together(io, std::move(tasks));
  REQUIRE(attempt.stream == nullptr);
  return attempt.failure;
}

}  // namespace

TEST_CASE("connect: a name and an IPv4 address lead to the server") {
  struct Row {
    const char* host;
    AddressFamily family;
  };
  const Row rows[] = {{"127.0.0.1", AddressFamily::any},
                      {"127.0.0.1", AddressFamily::ipv4},
                      {"localhost", AddressFamily::any},
                      {"localhost", AddressFamily::ipv4}};
  for (const Row& row : rows) {
    CAPTURE(row.host);
    CHECK(greeting_from("127.0.0.1", row.host, row.family) == "* OK");
  }
}

TEST_CASE("connect: IPv6 addresses work with and without brackets") {
  if (!has_ipv6_loopback()) {
    MESSAGE("skipped: this machine has no IPv6 loopback address");
    return;
  }
  CHECK(greeting_from("::1", "::1", AddressFamily::any) == "* OK");
  CHECK(greeting_from("::1", "[::1]", AddressFamily::any) == "* OK");
  CHECK(greeting_from("::1", "[::1]", AddressFamily::ipv6) == "* OK");
}

TEST_CASE("connect: an address of the other family is refused by name") {
  asio::io_context io;
  Target target = target_for(143);
  target.family = AddressFamily::ipv6;
  const core::Failure failure = failure_of(io, target);
  CHECK(failure.fault == core::Fault::connect);
  CHECK(failure.message == "127.0.0.1: not an IPv6 address");
}

TEST_CASE("connect: a port where nobody listens is refused, and the message names host and port") {
  asio::io_context io;
  Listener listener(io);
  const std::uint16_t port = listener.port();
  listener.stop();
  const core::Failure failure = failure_of(io, target_for(port));
  CHECK(failure.fault == core::Fault::connect);
  CHECK(failure.message == "127.0.0.1:" + std::to_string(port) + ": connection refused");
}

TEST_CASE("connect: a name that does not exist") {
  asio::io_context io;
  Target target = target_for(143, "no-such-host.invalid");
  target.timeout = std::chrono::seconds(0);
  const core::Failure failure = failure_of(io, target);
  CHECK(failure.fault == core::Fault::connect);
  CHECK(failure.message.starts_with("no-such-host.invalid: "));
}

TEST_CASE("connect: a server that does not take the connection runs into the time limit") {
  asio::io_context io;
  asio::ip::tcp::acceptor full(io);
  const asio::ip::tcp::endpoint anywhere(asio::ip::address_v4::loopback(), 0);
  full.open(anywhere.protocol());
  full.bind(anywhere);
  // A queue of one place, and two clients: the kernel lets further ones wait.
  full.listen(0);
  std::vector<Socket> waiting;
  for (int i = 0; i < 2; ++i) {
    Socket& socket = waiting.emplace_back(io, asio::ip::tcp::v4());
    socket.native_non_blocking(true);
    const auto endpoint = full.local_endpoint();
    // Asio's own connect would wait for the second one.
    ::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
  }
  Target target = target_for(full.local_endpoint().port());
  target.timeout = std::chrono::milliseconds(50);
  const core::Failure failure = failure_of(io, target);
  CHECK(failure.fault == core::Fault::timeout);
  CHECK(failure.message == "127.0.0.1:" + std::to_string(target.port) + ": no connection within 50 ms");
}

TEST_CASE("connect: a name with several addresses is tried to the last one") {
  asio::io_context io;
  Listener listener(io);
  const std::uint16_t port = listener.port();
  listener.stop();
  const core::Failure failure = failure_of(io, target_for(port, "localhost"));
  CHECK(failure.fault == core::Fault::connect);
  CHECK(failure.message.starts_with("localhost:" + std::to_string(port) + ": connection refused"));
}

TEST_CASE("connect: no address may use up the time of those after it") {
  using Clock = Deadline::Clock;
  using std::chrono::seconds;
  const Clock::time_point now = Clock::time_point() + seconds(1000);
  struct Row {
    int left;
    std::size_t addresses;
    int share;
  };
  const Row rows[] = {{120, 1, 120}, {120, 2, 60}, {120, 3, 40}, {120, 4, 30}, {120, 50, 30}, {0, 2, 0}, {-5, 2, -5}};
  for (const Row& row : rows) {
    CAPTURE(row.addresses);
    CHECK(share_of(now, now + seconds(row.left), row.addresses) == now + seconds(row.share));
  }
  CHECK(share_of(now, Clock::time_point::max(), 2) == Clock::time_point::max());
}

TEST_CASE("connect: a TLS handshake that never comes runs into the time limit") {
  asio::io_context io;
  Listener listener(io);
  Target target = target_for(listener.port());
  target.implicit_tls = true;
  target.timeout = std::chrono::milliseconds(50);
  Attempt attempt;
  run_together(io, serve_silence(listener), try_to_connect(target, attempt));
  CHECK(attempt.stream == nullptr);
  CHECK(attempt.failure.fault == core::Fault::timeout);
  CHECK(attempt.failure.message.ends_with("no TLS handshake within 50 ms"));
}

TEST_CASE("connect: the loopback is known as such") {
  asio::io_context io;
  Listener listener(io);
  Attempt attempt;
  const Target target = target_for(listener.port());
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(try_to_connect(target, attempt));
  run_together(io, std::move(tasks));
  REQUIRE(attempt.stream != nullptr);
  CHECK(attempt.stream->is_loopback());
  CHECK(attempt.stream->protection().empty());
}
