#include "script/pipe_stream.hpp"
#include "script/scripted_server.hpp"
#include "sync/large_message.hpp"
#include "sync/message/mailbox_index.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace imapferry;
using imap::Session;
using imap::proto::CommandResult;
using script::ScriptedServer;
using sync::LargeMessage;
namespace asio = boost::asio;
using End = script::ScriptedServer::End;
using Outcome = CommandResult::Outcome;

namespace {

constexpr std::string_view source_start = "S: * PREAUTH [CAPABILITY IMAP4rev1] source\n"
                                          "C: A1 UID FETCH 7 (UID BODY.PEEK[])\n";
constexpr std::string_view destination_start = "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] destination\n";
constexpr std::size_t drain_limit = 1 << 20;

asio::awaitable<std::unique_ptr<Session>> open(std::unique_ptr<net::Stream> stream) {
  imap::Server server;
  server.host = "mail.example";
  imap::Route route;
  route.implicit_tls = false;
  const imap::Credentials credentials;
  std::unique_ptr<Session> session = co_await Session::open(std::move(stream), server, route, credentials);
  co_return session;
}

/// Two scripted servers and the message 7 that is carried from one to the other.
struct Scene {
  Scene(std::string_view source_dialogue, End source_end, std::string_view destination_dialogue, End destination_end,
        std::size_t capacity = 10'000)
      : source_pipe(script::make_pipe(io.get_executor(), options_of(capacity))),
        destination_pipe(script::make_pipe(io.get_executor(), options_of(capacity))),
        source(std::move(source_pipe.server), source_dialogue, source_end),
        destination(std::move(destination_pipe.server), destination_dialogue, destination_end) {
    meta.date = sync::MailboxIndex::no_date;
  }

  static script::PipeOptions options_of(std::size_t capacity) {
    script::PipeOptions options;
    options.capacity = capacity;
    return options;
  }

  void play();

  asio::io_context io;
  script::Pipe source_pipe;
  script::Pipe destination_pipe;
  ScriptedServer source;
  ScriptedServer destination;
  sync::MessageMeta meta;

  LargeMessage::Outcome outcome;
  core::Failure failure;  ///< what was thrown
  bool is_source_open = false;
  bool is_destination_open = false;
};

asio::awaitable<void> carry(Scene& scene) {
  const auto source = co_await open(std::move(scene.source_pipe.client));
  const auto destination = co_await open(std::move(scene.destination_pipe.client));
  {
    LargeMessage message(scene.io.get_executor(), *source, *destination, "INBOX", scene.meta);
    try {
      scene.outcome = co_await message.carry(7);
    } catch (const core::Error& error) {
      scene.failure = error.failure();
    }
  }
  scene.is_source_open = source->is_open();
  scene.is_destination_open = destination->is_open();
}

void Scene::play() {
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(source.play());
  tasks.push_back(destination.play());
  tasks.push_back(carry(*this));
  script::run_all(io, std::move(tasks));
}

std::string message_of(std::size_t size) {
  std::string message = "Subject: large\r\n\r\n";
  while (message.size() < size) message += "0123456789abcdef " + std::to_string(message.size()) + "\r\n";
  message.resize(size - 2);
  return message + "\r\n";
}

/// Lines of a dialogue for these bytes.
std::string lines(char side, const std::string& bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find("\r\n", at);
    if (end == std::string::npos) return out + side + "- " + bytes.substr(at) + "\n";
    out += side + (": " + bytes.substr(at, end - at)) + "\n";
    at = end + 2;
  }
  return out;
}

std::string source_with(const std::string& message) {
  return std::string(source_start) + "S: * 3 FETCH (UID 7 BODY[] {" + std::to_string(message.size()) + "}\n" +
         lines('S', message) + "S: )\nS: A1 OK done\n";
}

std::string destination_asked(std::size_t size) {
  return std::string(destination_start) + "C: A1 APPEND \"INBOX\" () {" + std::to_string(size) + "}\n";
}

std::string destination_with(const std::string& message, const char* answer) {
  return destination_asked(message.size()) + "S: + go ahead\n" + lines('C', message) + "C: \n" + "S: A1 " + answer +
         "\n";
}

}  // namespace

TEST_CASE("large message: flows through") {
  for (const std::size_t capacity : {std::size_t{500}, std::size_t{10'000}, script::PipeOptions::unlimited}) {
    const std::string message = message_of(300'000);
    Scene scene(source_with(message), End::wait, destination_with(message, "OK [APPENDUID 1 99] done"), End::wait,
                capacity);
    scene.play();
    CHECK(scene.source.trouble() == "");
    CHECK(scene.destination.trouble() == "");
    CHECK(scene.failure.describe() == "");
    CHECK(scene.outcome.has_body);
    CHECK(scene.outcome.append.is_ok());
    CHECK(scene.outcome.append.argument == "1 99");
    CHECK(scene.outcome.size == 300'000);
    CHECK(!scene.outcome.has_nul);
    CHECK(scene.outcome.header.size() == 8192);
    CHECK(scene.outcome.header == message.substr(0, 8192));
    CHECK(scene.is_source_open);
    CHECK(scene.is_destination_open);
  }
}

TEST_CASE("large message: a NUL anywhere in it is noticed") {
  std::string message = message_of(200'000);
  message[message.find("abcdef", 150'000)] = '\0';
  Scene scene(source_with(message), End::wait, destination_with(message, "OK done"), End::wait);
  scene.play();
  CHECK(scene.outcome.has_nul);
  CHECK(scene.outcome.append.is_ok());
}

TEST_CASE("large message: a small one that came as a whole is appended as a whole") {
  const std::string message = message_of(100);
  Scene scene(source_with(message), End::wait, destination_with(message, "OK done"), End::wait);
  scene.play();
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.failure.describe() == "");
  CHECK(scene.outcome.has_body);
  CHECK(scene.outcome.append.is_ok());
  CHECK(scene.outcome.size == 100);
  CHECK(scene.outcome.header == message);
}

TEST_CASE("large message: an empty one is appended") {
  Scene scene(std::string(source_start) + "S: * 3 FETCH (UID 7 BODY[] \"\")\nS: A1 OK done\n", End::wait,
              destination_asked(0) + "S: + go ahead\nC: \nS: A1 OK done\n", End::wait);
  scene.play();
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.outcome.has_body);
  CHECK(scene.outcome.append.is_ok());
  CHECK(scene.outcome.size == 0);
}

TEST_CASE("large message: no body, and nothing is appended") {
  struct Case {
    const char* source;
    const char* text;
  };
  const Case cases[] = {
      {"S: * 3 FETCH (UID 7 BODY[] NIL)\nS: A1 OK done\n", "done"},
      {"S: A1 OK none\n", "none"},
      {"S: A1 NO [SERVERBUG] cannot read it\n", "cannot read it"},
      {"S: * 3 FETCH (UID 8 BODY[] {3}\nS: abc)\nS: A1 OK not that one\n", "not that one"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.source));
    Scene scene(std::string(source_start) + one.source, End::wait, destination_start, End::wait);
    scene.play();
    CHECK(scene.destination.trouble() == "");
    CHECK(scene.failure.describe() == "");
    CHECK(!scene.outcome.has_body);
    CHECK(!scene.outcome.append.is_ok());
    CHECK(scene.is_source_open);
    CHECK(scene.is_destination_open);
    if (std::string_view(one.source).find("NO") != std::string_view::npos) {
      CHECK(scene.outcome.append.outcome == Outcome::no);
      CHECK(scene.outcome.append.text == one.text);
    }
  }
}

TEST_CASE("large message: refused before a byte was sent; a small rest is read, and both connections go on") {
  const std::string message = message_of(300'000);
  Scene scene(source_with(message), End::wait, destination_asked(message.size()) + "S: A1 NO [OVERQUOTA] full\n",
              End::wait);
  scene.play();
  CHECK(scene.source.trouble() == "");
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.failure.describe() == "");
  CHECK(scene.outcome.append.outcome == Outcome::no);
  CHECK(scene.outcome.append.code == "OVERQUOTA");
  CHECK(scene.outcome.header.find("Subject: large") == 0);
  CHECK(scene.is_source_open);
  CHECK(scene.is_destination_open);
}

TEST_CASE(
    "large message: refused before a byte was sent; a large rest is not read: the source's connection is dropped") {
  const std::string message = message_of(drain_limit + 100'000);
  Scene scene(source_with(message), End::close, destination_asked(message.size()) + "S: A1 NO [OVERQUOTA] full\n",
              End::wait);
  scene.play();
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.failure.describe() == "");
  CHECK(scene.outcome.append.outcome == Outcome::no);
  CHECK(!scene.is_source_open);
  CHECK(scene.is_destination_open);
}

TEST_CASE("large message: refused in the middle, and the rest is sent all the same") {
  const std::string message = message_of(200'000);
  const std::size_t middle = message.find("\r\n", 100'000) + 2;
  const std::string dialogue = destination_asked(message.size()) + "S: + go ahead\n" +
                               lines('C', message.substr(0, middle)) + "S: A1 NO full\n" +
                               lines('C', message.substr(middle)) + "C: \n";
  Scene scene(source_with(message), End::wait, dialogue, End::wait);
  scene.play();
  CHECK(scene.source.trouble() == "");
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.outcome.append.outcome == Outcome::no);
  CHECK(scene.is_source_open);
  CHECK(scene.is_destination_open);
}

TEST_CASE("large message: BAD in the middle: the destination's connection is dropped, and nothing more is sent") {
  const std::string message = message_of(200'000);
  const std::string dialogue = destination_asked(message.size()) + "S: + go ahead\nC- Subject\nS: A1 BAD what\n";
  Scene scene(source_with(message), End::wait, dialogue, End::close);
  scene.play();
  CHECK(scene.failure.describe() == "");
  CHECK(scene.outcome.append.outcome == Outcome::bad);
  CHECK(scene.is_source_open);
  CHECK(!scene.is_destination_open);
}

TEST_CASE(
    "large message: the source ends in the middle: the destination is closed, for its literal cannot be ended early") {
  const std::string message = message_of(200'000);
  const std::string dialogue =
      std::string(source_start) + "S: * 3 FETCH (UID 7 BODY[] {200000}\n" + lines('S', message.substr(0, 150'000));
  Scene scene(dialogue, End::close, destination_with(message, "OK done"), End::wait);
  scene.play();
  CHECK(scene.failure.fault == core::Fault::closed);
  CHECK(scene.failure.message == "the server closed the connection without a word");
  CHECK(!scene.is_destination_open);
  CHECK(scene.destination.trouble() != "");
}

TEST_CASE("large message: the source ends before the destination has said its word") {
  const std::string dialogue = std::string(source_start) + "S: * 3 FETCH (UID 7 BODY[] {200000}\nS- Sub\n";
  Scene scene(dialogue, End::close, destination_asked(200'000) + "S: + go ahead\nC- Sub\n", End::wait);
  scene.play();
  CHECK(scene.failure.fault == core::Fault::closed);
  CHECK(!scene.is_destination_open);
}

TEST_CASE("large message: the source ends behind the message: it is appended all the same") {
  const std::string message = message_of(200'000);
  const std::string dialogue =
      std::string(source_start) + "S: * 3 FETCH (UID 7 BODY[] {200000}\n" + lines('S', message);
  Scene scene(dialogue, End::close, destination_with(message, "OK done"), End::wait);
  scene.play();
  CHECK(scene.destination.trouble() == "");
  CHECK(scene.failure.describe() == "");
  CHECK(scene.outcome.append.is_ok());
  CHECK(!scene.is_source_open);
}

TEST_CASE("large message: the destination ends, before its word or in the middle, with a small rest or a large one") {
  for (const std::size_t size : {std::size_t{200'000}, drain_limit + 500'000}) {
    const std::string message = message_of(size);
    for (const std::string_view rest : {"S: * BYE crashed\n", "S: + go ahead\nC- Subject\nS: * BYE crashed\n"}) {
      CAPTURE(size);
      CAPTURE(rest);
      Scene scene(source_with(message), size > drain_limit ? End::close : End::wait,
                  destination_asked(size) + std::string(rest), End::close);
      scene.play();
      // The words of whom it was that ended.
      CHECK(scene.failure.fault == core::Fault::closed);
      CHECK(scene.failure.message == "the server said goodbye and closed the connection");
      CHECK(scene.failure.server_text == "crashed");
      CHECK(!scene.is_destination_open);
      CHECK(scene.is_source_open == (size < drain_limit));
    }
  }
}
