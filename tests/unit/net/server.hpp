#pragma once

#include "certificates.hpp"
#include "core/failure.hpp"
#include "net/connect.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::net::test {

using Socket = boost::asio::ip::tcp::socket;
using TlsSocket = boost::asio::ssl::stream<Socket>;

/// A real listening socket on a free port of a loopback address.
class Listener {
 public:
  explicit Listener(boost::asio::io_context& io, const std::string& address = "127.0.0.1");
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  boost::asio::awaitable<Socket> accept();
  void stop() { acceptor_.close(); }

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
};

[[nodiscard]] bool has_ipv6_loopback();

boost::asio::ssl::context server_context(const Identity& identity);

/// Accepts one connection and waits until the client goes away.
boost::asio::awaitable<void> serve_silence(Listener& listener);
/// Accepts one connection, sends `text` and waits until the client goes away.
boost::asio::awaitable<void> serve_text(Listener& listener, std::string text);
/// Accepts one connection and sends back what comes, until the client goes away.
boost::asio::awaitable<void> serve_echo(Listener& listener);
/// The same over TLS; a handshake that the client breaks off is fine.
boost::asio::awaitable<void> serve_tls_echo(Listener& listener, boost::asio::ssl::context& context);

constexpr std::string_view plain_greeting = "* OK ready\r\n";
constexpr std::string_view go_ahead = "a OK begin\r\n";

/// Greets in plain text, takes a request of `request_size` bytes, gives the go-ahead and turns to TLS; then sends back
/// what comes.
boost::asio::awaitable<void> serve_upgrade(Listener& listener, boost::asio::ssl::context& context,
                                           std::size_t request_size);

/// Runs the tasks together and waits for all of them; rethrows the first exception. Tasks that hang make the test fail.
void run_together(boost::asio::io_context& io, std::vector<boost::asio::awaitable<void>> tasks);
void run_together(boost::asio::io_context& io, boost::asio::awaitable<void> first, boost::asio::awaitable<void> second);

/// Connects and keeps what came of it.
struct Attempt {
  std::unique_ptr<Stream> stream;
  core::Failure failure;
};
boost::asio::awaitable<void> try_to_connect(const Target& target, Attempt& attempt);

/// Reads until `size` bytes or the end have come.
boost::asio::awaitable<std::string> read_exactly(Stream& stream, std::size_t size);
boost::asio::awaitable<void> write_all(Stream& stream, std::string_view text);

/// Bytes that do not repeat soon, so that a swap or a gap shows.
std::string pattern(std::size_t size);

Target target_for(std::uint16_t port, const std::string& host = "127.0.0.1");

}  // namespace imapferry::net::test
