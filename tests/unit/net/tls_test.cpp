#include "core/task_group.hpp"
#include "net/tls_context.hpp"
#include "tls_fixture.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <array>
#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> accept_and_drop(Listener& listener) {
  Socket socket = co_await listener.accept();
  std::array<char, 16> some{};
  co_await socket.async_read_some(asio::buffer(some), as_result);
}

asio::awaitable<void> read_into(Stream& stream, std::string& text, std::size_t size) {
  std::string read = co_await read_exactly(stream, size);
  text = std::move(read);
}

asio::awaitable<void> exchange(const Target& target, std::string_view sent, std::string& answer) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  tasks.spawn(write_all(*stream, sent));
  tasks.spawn(read_into(*stream, answer, sent.size()));
  co_await tasks.join();
}

void count_record(int is_sent, int, int content_type, const void* data, size_t, SSL*, void* count) {
  constexpr unsigned char application_data = 23;
  if (is_sent == 0 && content_type == SSL3_RT_HEADER && *static_cast<const unsigned char*>(data) == application_data) {
    ++*static_cast<int*>(count);
  }
}

/// Reads until the client goes, and counts the TLS records of what it sent.
asio::awaitable<void> serve_record_count(Listener& listener, asio::ssl::context& context, int& records,
                                         std::string& text) {
  Socket socket = co_await listener.accept();
  TlsSocket stream(std::move(socket), context);
  co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
  SSL_set_msg_callback(stream.native_handle(), count_record);
  SSL_set_msg_callback_arg(stream.native_handle(), &records);
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(buffer), as_result);
    if (error) co_return;
    text.append(buffer.data(), count);
  }
}

asio::awaitable<void> write_pieces(const Target& target, std::span<const std::string_view> pieces) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  co_await stream->write(pieces);
}

/// Echoes, and wants new keys from both sides after every few reads.
asio::awaitable<void> serve_echo_with_new_keys(Listener& listener, asio::ssl::context& context, int& key_updates) {
  Socket socket = co_await listener.accept();
  TlsSocket stream(std::move(socket), context);
  co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
  std::vector<char> buffer(64 * 1024);
  for (int reads = 1;; ++reads) {
    const auto [error, count] = co_await stream.async_read_some(asio::buffer(buffer), as_result);
    if (error) co_return;
    if (reads % 4 == 0) key_updates += SSL_key_update(stream.native_handle(), SSL_KEY_UPDATE_REQUESTED);
    const auto [write_error, written] =
        co_await asio::async_write(stream, asio::buffer(buffer.data(), count), as_result);
    if (write_error) co_return;
  }
}

/// Says something over TLS and then breaks the connection without a close_notify.
asio::awaitable<void> serve_and_break(Listener& listener, asio::ssl::context& context, std::string_view text) {
  Socket socket = co_await listener.accept();
  TlsSocket stream(std::move(socket), context);
  co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
  co_await asio::async_write(stream, asio::buffer(text), as_result);
  stream.next_layer().shutdown(Socket::shutdown_send);
  std::array<char, 16> some{};
  co_await stream.next_layer().async_read_some(asio::buffer(some), as_result);
}

asio::awaitable<void> read_to_end(const Target& target, std::string& text) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  std::string read = co_await read_exactly(*stream, 1000);
  // What was the end stays the end.
  const std::string nothing = co_await read_exactly(*stream, 1000);
  text = read + nothing;
}

asio::awaitable<void> close_it(Stream& stream) {
  stream.close();
  co_return;
}

asio::awaitable<void> expect_closed(Stream& stream, int& closed) {
  char buffer[16];
  try {
    co_await stream.read_some(buffer);
  } catch (const core::Error& error) {
    if (error.failure().fault == core::Fault::closed) ++closed;
  }
}

asio::awaitable<void> close_while_reading(const Target& target, int& closed) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  tasks.spawn(expect_closed(*stream, closed));
  tasks.spawn(close_it(*stream));
  co_await tasks.join();
  co_await expect_closed(*stream, closed);
}

}  // namespace

TEST_CASE("tls: a server that greets in plain text does not speak TLS") {
  for (const char* greeting :
       {"* OK Dovecot ready.\r\n", "220 smtp.example.org ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"}) {
    CAPTURE(greeting);
    asio::io_context io;
    Listener listener(io);
    const core::Failure failure = failure_at(io, serve_text(listener, greeting), tls_target(listener));
    CHECK(failure.fault == core::Fault::tls);
    CHECK(failure.message.ends_with(": the server does not speak TLS there (perhaps it is a plain port)"));
  }
}

TEST_CASE("tls: TLS 1.1 is too old, TLS 1.2 is not") {
  const Identity identity = loopback_identity();
  for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION}) {
    asio::io_context io;
    Listener listener(io);
    asio::ssl::context context = server_context(identity);
    SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    Outcome outcome;
    const Target target = tls_target(listener);
    run_together(io, serve_tls_echo(listener, context), connect_once(target, outcome));
    if (version == TLS1_1_VERSION) {
      REQUIRE(outcome.failure);
      CHECK(outcome.failure->fault == core::Fault::tls);
      CHECK(outcome.failure->message.ends_with("does not speak TLS 1.2 or newer"));
    } else {
      CHECK(outcome.protection.starts_with("TLSv1.2 "));
    }
  }
}

TEST_CASE("tls: a connection that ends during the handshake is no connection") {
  asio::io_context io;
  Listener listener(io);
  const core::Failure failure = failure_at(io, accept_and_drop(listener), tls_target(listener));
  CHECK(failure.fault == core::Fault::connect);
  CHECK(failure.message.find("during the TLS handshake") != std::string::npos);
}

TEST_CASE("tls: 8 MiB go there and back while both directions are busy") {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(loopback_identity());
  const Target target = tls_target(listener);
  const std::string sent = pattern(8 << 20);
  std::string answer;
  run_together(io, serve_tls_echo(listener, context), exchange(target, sent, answer));
  CHECK((answer == sent));
}

TEST_CASE("tls: new keys in the middle change nothing") {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(loopback_identity());
  const Target target = tls_target(listener);
  const std::string sent = pattern(2 << 20);
  std::string answer;
  int key_updates = 0;
  run_together(io, serve_echo_with_new_keys(listener, context, key_updates), exchange(target, sent, answer));
  CHECK(key_updates > 10);
  CHECK((answer == sent));
}

TEST_CASE("tls: small pieces share a record, large ones fill theirs") {
  struct Row {
    std::vector<std::size_t> sizes;
    int records;
  };
  const std::size_t full = 16384;
  const Row rows[] = {{std::vector<std::size_t>(1000, 16), 1},
                      {{0, 1, 0}, 1},
                      {{full - 1, 1}, 1},
                      {{full - 1, 2}, 2},
                      {{full}, 1},
                      {{50, 3 * full}, 4},
                      {{3 * full, 50, 50}, 4},
                      {{100, 9000, 100, 9000, 100, 9000}, 2}};
  const Identity identity = loopback_identity();
  const std::string text = pattern(4 * full);
  for (const Row& row : rows) {
    std::vector<std::string_view> pieces;
    std::size_t size = 0;
    for (const std::size_t piece : row.sizes) {
      pieces.push_back(std::string_view(text).substr(size, piece));
      size += piece;
    }
    asio::io_context io;
    Listener listener(io);
    asio::ssl::context context = server_context(identity);
    const Target target = tls_target(listener);
    int records = 0;
    std::string received;
    run_together(io, serve_record_count(listener, context, records, received), write_pieces(target, pieces));
    CAPTURE(size);
    CHECK(records == row.records);
    CHECK((received == text.substr(0, size)));
  }
}

TEST_CASE("tls: the end without a close_notify reads as an end") {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(loopback_identity());
  const Target target = tls_target(listener);
  std::string text;
  run_together(io, serve_and_break(listener, context, "* BYE"), read_to_end(target, text));
  CHECK(text == "* BYE");
}

TEST_CASE("tls: close ends a read in flight, and later reads fail") {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(loopback_identity());
  const Target target = tls_target(listener);
  int closed = 0;
  run_together(io, serve_tls_echo(listener, context), close_while_reading(target, closed));
  CHECK(closed == 2);
}

TEST_CASE("tls: the authorities are loaded once for each way of verifying") {
  asio::io_context io;
  const TlsOptions first = options_for("a.example.org");
  const TlsOptions second = options_for("b.example.org");
  TlsOptions unverified = first;
  unverified.verify = false;
  CHECK(&tls_context(io.get_executor(), first) == &tls_context(io.get_executor(), second));
  CHECK(&tls_context(io.get_executor(), first) != &tls_context(io.get_executor(), unverified));
  asio::io_context other;
  CHECK(&tls_context(io.get_executor(), first) != &tls_context(other.get_executor(), first));
}
