#include "server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

namespace imapferry::net::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds patience(25);

template <class AnyStream>
asio::awaitable<void> echo(AnyStream& stream) {
  std::vector<char> buffer(65536);
  for (;;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(buffer), as_result);
    if (error) co_return;
    const auto written = co_await asio::async_write(stream, asio::buffer(buffer.data(), count), as_result);
    if (std::get<0>(written)) co_return;
  }
}

asio::awaitable<void> wait_for_end(Socket& socket) {
  std::array<char, 512> buffer{};
  for (;;) {
    const auto [error, count] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
    if (error) co_return;
  }
}

}  // namespace

Listener::Listener(asio::io_context& io, const std::string& address)
    : acceptor_(io, tcp::endpoint(asio::ip::make_address(address), 0)) {}

asio::awaitable<Socket> Listener::accept() {
  Socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
  co_return std::move(socket);
}

bool has_ipv6_loopback() {
  asio::io_context io;
  tcp::acceptor acceptor(io);
  error_code error;
  acceptor.open(tcp::v6(), error);
  if (!error) acceptor.bind(tcp::endpoint(asio::ip::address_v6::loopback(), 0), error);
  return !error;
}

asio::ssl::context server_context(const Identity& identity) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain(asio::buffer(identity.certificate));
  context.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
  return context;
}

asio::awaitable<void> serve_silence(Listener& listener) {
  Socket socket = co_await listener.accept();
  co_await wait_for_end(socket);
}

asio::awaitable<void> serve_text(Listener& listener, std::string text) {
  Socket socket = co_await listener.accept();
  co_await asio::async_write(socket, asio::buffer(text), as_result);
  co_await wait_for_end(socket);
}

asio::awaitable<void> serve_echo(Listener& listener) {
  Socket socket = co_await listener.accept();
  co_await echo(socket);
}

asio::awaitable<void> serve_tls_echo(Listener& listener, asio::ssl::context& context) {
  Socket socket = co_await listener.accept();
  TlsSocket stream(std::move(socket), context);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
  if (!error) co_await echo(stream);
}

asio::awaitable<void> serve_upgrade(Listener& listener, asio::ssl::context& context, std::size_t request_size) {
  Socket socket = co_await listener.accept();
  co_await asio::async_write(socket, asio::buffer(plain_greeting), as_result);
  std::string request(request_size, '\0');
  const auto asked = co_await asio::async_read(socket, asio::buffer(request), as_result);
  if (std::get<0>(asked)) co_return;
  co_await asio::async_write(socket, asio::buffer(go_ahead), as_result);
  TlsSocket stream(std::move(socket), context);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
  if (!error) co_await echo(stream);
}

void run_together(asio::io_context& io, std::vector<asio::awaitable<void>> tasks) {
  std::size_t running = tasks.size();
  std::exception_ptr first_error;
  for (auto& task : tasks) {
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
      if (error && !first_error) first_error = error;
      --running;
    });
  }
  io.restart();
  io.run_for(patience);
  if (first_error) std::rethrow_exception(first_error);
  if (running > 0) throw std::runtime_error("tasks hang");
}

void run_together(asio::io_context& io, asio::awaitable<void> first, asio::awaitable<void> second) {
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(std::move(first));
  tasks.push_back(std::move(second));
  run_together(io, std::move(tasks));
}

asio::awaitable<void> try_to_connect(const Target& target, Attempt& attempt) {
  try {
    attempt.stream = co_await connect(target);
  } catch (const core::Error& error) {
    attempt.failure = error.failure();
  }
}

asio::awaitable<std::string> read_exactly(Stream& stream, std::size_t size) {
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t count = co_await stream.read_some(std::span<char>(text).subspan(filled));
    if (count == 0) break;
    filled += count;
  }
  text.resize(filled);
  co_return text;
}

asio::awaitable<void> write_all(Stream& stream, std::string_view text) {
  co_await stream.write(std::span<const std::string_view>(&text, 1));
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : text) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24);
  }
  return text;
}

Target target_for(std::uint16_t port, const std::string& host) {
  Target target;
  target.host = host;
  target.port = port;
  target.timeout = std::chrono::seconds(20);
  return target;
}

}  // namespace imapferry::net::test
