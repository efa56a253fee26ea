#include "core/condition.hpp"
#include "stage.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace imapferry;
using namespace imapferry::imap;
using namespace imapferry::imap::test;
using namespace std::chrono_literals;
using proto::Command;
using proto::CommandKind;
using proto::CommandResult;
using Outcome = CommandResult::Outcome;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

class Handler : public proto::ResponseHandler {
 public:
  void done(const CommandResult& how) override {
    result = how;
    is_answered = true;
  }
  CommandResult result;
  bool is_answered = false;
};

/// What a client with a streamed APPEND saw.
struct Sent {
  bool is_ready = false;
  std::size_t chunks = 0;
  Handler handler;
};

asio::awaitable<void> stream_out(std::unique_ptr<net::Stream> stream, proto::LiteralStyle style, Sent& sent) {
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  Command command(CommandKind::append, "APPEND a ");
  command.streamed_literal(3000, style);
  const auto ticket = connection->submit(std::move(command), sent.handler);
  sent.is_ready = co_await connection->ready_for_stream(ticket, sent.handler.is_answered);
  for (int i = 0; sent.is_ready && i < 3; ++i) {
    // A buffer of its own, so that a sanitizer sees who keeps a view of it.
    const std::string chunk(1000, static_cast<char>('a' + i));
    co_await connection->write_chunk(ticket, chunk);
    ++sent.chunks;
  }
  Command noop(CommandKind::noop, "NOOP");
  co_await connection->execute(std::move(noop));
}

std::string letters(char letter) { return std::string(1000, letter); }

/// Takes a literal as slowly as it is told to.
class SlowSink : public proto::ResponseHandler, public LiteralSink {
 public:
  explicit SlowSink(const asio::any_io_executor& executor) : changed(executor) {}
  LiteralSink* literal_sink(const proto::LiteralBegin&) override { return this; }
  void done(const CommandResult&) override {}
  asio::awaitable<void> begin(const proto::LiteralBegin& begin) override {
    log += "begin " + std::to_string(begin.section.size) + ", ";
    co_return;
  }
  asio::awaitable<void> write(std::string_view bytes) override {
    ++waiting;
    while (!is_open) co_await changed.wait();
    --waiting;
    received += bytes;
    if (received.size() >= fails_at) throw core::Error(core::Fault::quota, "no more room");
  }
  asio::awaitable<void> end() override {
    log += "end, ";
    co_return;
  }
  void open() {
    is_open = true;
    changed.notify_all();
  }

  core::Condition changed;
  bool is_open = false;
  int waiting = 0;
  std::size_t fails_at = std::string::npos;
  std::string received;
  std::string log;
};

asio::awaitable<void> fetch(Connection& connection, SlowSink& sink, CommandResult& result) {
  Command command(CommandKind::fetch, "UID FETCH 1 (BODY[])");
  result = co_await connection.execute(std::move(command), sink);
}

asio::awaitable<void> fetch_slowly(std::unique_ptr<net::Stream> stream, SlowSink& sink, CommandResult& result) {
  ConnectionOptions options;
  options.timeout = 100ms;
  auto connection = co_await Connection::open(std::move(stream), options);
  co_await fetch(*connection, sink, result);
}

asio::awaitable<void> open_later(SlowSink& sink, const script::ScriptedServer& server, std::chrono::milliseconds when,
                                 bool& is_server_held_back) {
  co_await pause(when);
  CHECK(sink.waiting == 1);
  is_server_held_back = !server.is_finished() && sink.received.empty();
  sink.open();
}

constexpr std::string_view fetch_dialogue = "S: * OK ready\n"
                                            "C: A1 UID FETCH 1 (BODY[])\n"
                                            "S: * 1 FETCH (UID 1 BODY[] {200000}\n";

std::string large_fetch() {
  std::string dialogue(fetch_dialogue);
  dialogue += "S- " + std::string(200'000, 'x') + "\n";
  return dialogue + "S: )\nS: A1 OK done\n";
}

/// The scene of a sink that waits for somebody else when its connection ends.
struct Closing {
  explicit Closing(const asio::any_io_executor& executor) : changed(executor) {}
  core::Condition changed;
  std::unique_ptr<Connection> connection;
  std::string log;
  SlowSink* sink = nullptr;
};

asio::awaitable<void> fetch_until_closed(std::unique_ptr<net::Stream> stream, Closing& closing) {
  closing.connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  {
    SlowSink sink(closing.changed.executor());
    closing.sink = &sink;
    CommandResult result;
    try {
      co_await fetch(*closing.connection, sink, result);
    } catch (const core::Error& error) {
      closing.log += error.what();
    }
    closing.log += sink.waiting > 0 ? ", but the sink is still in use" : ", the sink is at rest";
    closing.sink = nullptr;
  }
}

asio::awaitable<void> close_and_open(Closing& closing) {
  while (closing.sink == nullptr || closing.sink->waiting == 0) co_await pause(1ms);
  closing.connection->close(core::Failure{core::Fault::cancelled, "closed", {}});
  co_await pause(5ms);
  if (closing.sink != nullptr) closing.sink->open();
}

}  // namespace

TEST_CASE("connection: a streamed literal, in chunks, each returned when it is on its way") {
  for (const auto style : {proto::LiteralStyle::synchronising, proto::LiteralStyle::non_synchronising}) {
    for (const std::size_t capacity : {std::size_t{700}, script::PipeOptions::unlimited}) {
      std::string dialogue = "S: * OK ready\n";
      dialogue += style == proto::LiteralStyle::synchronising ? "C: A1 APPEND a {3000}\nS: + go ahead\n"
                                                              : "C: A1 APPEND a {3000+}\n";
      dialogue += "C- " + letters('a') + "\nC- " + letters('b') + "\nC: " + letters('c') +
                  "\nC: A2 NOOP\nS: A1 OK done\nS: A2 OK done\n";
      script::PipeOptions options;
      options.capacity = capacity;
      Stage stage(dialogue, Stage::End::wait, options);
      Sent sent;
      CHECK(stage.run(stream_out(stage.take_stream(), style, sent)).describe() == "");
      CHECK(sent.is_ready);
      CHECK(sent.chunks == 3);
      CHECK(sent.handler.result.is_ok());
    }
  }
}

TEST_CASE("connection: a streamed literal that is refused is not begun, and the connection goes on") {
  Stage stage("S: * OK ready\n"
              "C: A1 APPEND a {3000}\n"
              "S: A1 NO [OVERQUOTA] full\n"
              "C: A2 NOOP\n"
              "S: A2 OK done\n");
  Sent sent;
  CHECK(stage.run(stream_out(stage.take_stream(), proto::LiteralStyle::synchronising, sent)).describe() == "");
  CHECK(!sent.is_ready);
  CHECK(sent.handler.result.outcome == Outcome::no);
}

TEST_CASE("connection: BAD in the middle of a streamed literal drops the connection") {
  Stage stage("S: * OK ready\n"
              "C: A1 APPEND a {3000}\n"
              "S: + go ahead\n"
              "C- a\n"
              "S: A1 BAD what\n",
              Stage::End::close);
  Sent sent;
  const core::Failure failure = stage.run(stream_out(stage.take_stream(), proto::LiteralStyle::synchronising, sent));
  CHECK(failure.fault == core::Fault::closed);
  CHECK(failure.server_text == "what");
  CHECK(sent.handler.result.outcome == Outcome::bad);
}

TEST_CASE("connection: the server ends in a streamed literal") {
  Stage stage("S: * OK ready\n"
              "C: A1 APPEND a {3000}\n"
              "S: + go ahead\n"
              "C- aaaaaa\n",
              Stage::End::close);
  Sent sent;
  const core::Failure failure = stage.run(stream_out(stage.take_stream(), proto::LiteralStyle::synchronising, sent));
  CHECK(failure.fault == core::Fault::closed);
  CHECK(sent.handler.result.outcome == Outcome::lost);
}

TEST_CASE("connection: a sink that waits holds the server back, and the time is not counted as the server's") {
  script::PipeOptions options;
  options.capacity = 1000;
  Stage stage(large_fetch(), Stage::End::wait, options);
  SlowSink sink(stage.io.get_executor());
  CommandResult result;
  bool is_server_held_back = false;
  core::Failure failure;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(stage.server.play());
  tasks.push_back(fetch_slowly(stage.take_stream(), sink, result));
  tasks.push_back(open_later(sink, stage.server, 350ms, is_server_held_back));
  script::run_all(stage.io, std::move(tasks));
  CHECK(is_server_held_back);
  CHECK(result.is_ok());
  CHECK((sink.received == std::string(200'000, 'x')));
  CHECK(sink.log == "begin 200000, end, ");
  CHECK(stage.server.trouble() == "");
}

TEST_CASE("connection: a sink that fails ends the connection with its reason") {
  Stage stage(large_fetch(), Stage::End::close);
  SlowSink sink(stage.io.get_executor());
  sink.is_open = true;
  sink.fails_at = 1;
  CommandResult result;
  const core::Failure failure = stage.run(fetch_slowly(stage.take_stream(), sink, result));
  CHECK(failure.fault == core::Fault::quota);
  CHECK(failure.message == "no more room");
}

TEST_CASE("connection: the server ends in a literal that is streamed to a sink") {
  Stage stage(std::string(fetch_dialogue) + "S- some of it\n", Stage::End::close);
  SlowSink sink(stage.io.get_executor());
  sink.is_open = true;
  CommandResult result;
  const core::Failure failure = stage.run(fetch_slowly(stage.take_stream(), sink, result));
  CHECK(failure.fault == core::Fault::closed);
  CHECK(sink.received == "some of it");
  CHECK(sink.log == "begin 200000, ");
}

TEST_CASE(
    "connection: a command whose sink waits ends when the sink is at rest, also when the connection is closed before") {
  Stage stage(large_fetch(), Stage::End::close);
  Closing closing(stage.io.get_executor());
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(stage.server.play());
  tasks.push_back(fetch_until_closed(stage.take_stream(), closing));
  tasks.push_back(close_and_open(closing));
  script::run_all(stage.io, std::move(tasks));
  CHECK(closing.log == "closed, the sink is at rest");
  closing.connection.reset();
}
