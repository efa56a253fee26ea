#include "net/deadline.hpp"
#include "server.hpp"

#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

constexpr std::string_view request = "a STARTTLS\r\n";

Identity identity_of(const Authority& authority) {
  const Profile profile{"localhost", "DNS:localhost,IP:127.0.0.1"};
  return authority.issue(profile);
}

struct Dialogue {
  std::string greeting;
  std::string before;
  std::string after;
  std::string echo;
  std::optional<core::Failure> failure;
  bool is_repeat_refused = false;
};

asio::awaitable<void> greet_and_ask(Stream& stream, Dialogue& dialogue) {
  std::string greeting = co_await read_exactly(stream, plain_greeting.size());
  dialogue.greeting = std::move(greeting);
  co_await write_all(stream, request);
  co_await read_exactly(stream, go_ahead.size());
}

asio::awaitable<void> upgrade(const Target& target, Dialogue& dialogue) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  co_await greet_and_ask(*stream, dialogue);
  dialogue.before = stream->protection();
  try {
    co_await stream->start_tls(target.tls);
  } catch (const core::Error& error) {
    dialogue.failure = error.failure();
    co_return;
  }
  dialogue.after = stream->protection();
  co_await write_all(*stream, "b NOOP\r\n");
  std::string echo = co_await read_exactly(*stream, 8);
  dialogue.echo = std::move(echo);
  try {
    co_await stream->start_tls(target.tls);
  } catch (const core::Error&) {
    dialogue.is_repeat_refused = true;
  }
}

/// What a layer above does: it closes the stream when the handshake takes too long.
asio::awaitable<void> upgrade_with_deadline(const Target& target, Dialogue& dialogue) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto soon = Deadline::Clock::now() + std::chrono::milliseconds(50);
  const Deadline deadline(executor, soon, [&stream] { stream->close(); });
  try {
    co_await stream->start_tls(target.tls);
  } catch (const core::Error& error) {
    dialogue.failure = error.failure();
  }
}

Dialogue upgrade_trusting(const Authority& trusted, const Authority& actual) {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(identity_of(actual));
  const TemporaryFile ca_file(trusted.certificate());
  Target target = target_for(listener.port());
  target.tls.ca_file = ca_file.path();
  Dialogue dialogue;
  run_together(io, serve_upgrade(listener, context, request.size()), upgrade(target, dialogue));
  return dialogue;
}

}  // namespace

TEST_CASE("starttls: a stream is upgraded in place after a plain exchange") {
  const Authority authority("Test Authority");
  const Dialogue dialogue = upgrade_trusting(authority, authority);
  CHECK(dialogue.greeting == plain_greeting);
  CHECK(dialogue.before.empty());
  CHECK_MESSAGE(!dialogue.failure, dialogue.failure.value_or(core::Failure()).message);
  CHECK(dialogue.after == "TLSv1.3 TLS_AES_256_GCM_SHA384");
  CHECK(dialogue.echo == "b NOOP\r\n");
  CHECK(dialogue.is_repeat_refused);
}

TEST_CASE("starttls: an untrusted certificate is refused") {
  const Dialogue dialogue = upgrade_trusting(Authority("Test Authority"), Authority("Other Authority"));
  REQUIRE(dialogue.failure);
  CHECK(dialogue.failure->fault == core::Fault::certificate);
  CHECK(dialogue.after.empty());
}

TEST_CASE("starttls: plain text instead of a handshake is refused") {
  asio::io_context io;
  Listener listener(io);
  Target target = target_for(listener.port());
  Dialogue dialogue;
  const std::string text = std::string(plain_greeting) + std::string(go_ahead) + "* 23 EXISTS\r\n";
  run_together(io, serve_text(listener, text), upgrade(target, dialogue));
  REQUIRE(dialogue.failure);
  CHECK(dialogue.failure->fault == core::Fault::tls);
}

TEST_CASE("starttls: closing the stream ends a handshake that hangs") {
  asio::io_context io;
  Listener listener(io);
  const Target target = target_for(listener.port());
  Dialogue dialogue;
  run_together(io, serve_silence(listener), upgrade_with_deadline(target, dialogue));
  REQUIRE(dialogue.failure);
  CHECK(dialogue.failure->fault == core::Fault::closed);
}
