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

constexpr std::string_view one_noop = "S: * OK ready\n"
                                      "C: A1 NOOP\n"
                                      "S: * 3 EXISTS\n"
                                      "S: A1 NO not now\n";

class Unsolicited : public proto::UnsolicitedHandler {
 public:
  void on_unsolicited(const proto::Response&) override { ++heard; }
  std::size_t heard = 0;
};

class Handler : public proto::ResponseHandler {
 public:
  void done(const CommandResult& how) override {
    result = how;
    ++ends;
  }
  CommandResult result;
  int ends = 0;
};

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> noop(std::unique_ptr<net::Stream> stream, ConnectionOptions options, CommandResult& result) {
  auto connection = co_await Connection::open(std::move(stream), options);
  Command command(CommandKind::noop, "NOOP");
  result = co_await connection->execute(std::move(command));
}

core::Failure run_noop(Stage& stage, CommandResult& result, ConnectionOptions options = {}) {
  return stage.run(noop(stage.take_stream(), options, result));
}

/// The failure of a client that sends one NOOP to a server that says this.
core::Failure failure_of(std::string_view dialogue, Stage::End end, ConnectionOptions options = {}) {
  Stage stage(dialogue, end);
  CommandResult result;
  return run_noop(stage, result, options);
}

asio::awaitable<void> many_noops(std::unique_ptr<net::Stream> stream, Unsolicited& unsolicited, CommandResult& result) {
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  connection->set_unsolicited(&unsolicited);
  Command command(CommandKind::noop, "NOOP");
  result = co_await connection->execute(std::move(command));
  connection->set_unsolicited(nullptr);
}

}  // namespace

TEST_CASE("connection: a command and its answer; NO is a result") {
  Stage stage(one_noop);
  CommandResult result;
  CHECK(run_noop(stage, result).describe() == "");
  CHECK(result.outcome == Outcome::no);
  CHECK(result.text == "not now");
}

TEST_CASE("connection: the same byte by byte, through a narrow pipe") {
  script::PipeOptions options;
  options.capacity = 3;
  options.read_at_most = 1;
  Stage stage(one_noop, Stage::End::wait, options);
  CommandResult result;
  CHECK(run_noop(stage, result).describe() == "");
  CHECK(result.outcome == Outcome::no);
}

TEST_CASE("connection: a server that greets with BYE is to be asked again later, also when it closes at once") {
  for (const Stage::End end : {Stage::End::wait, Stage::End::close}) {
    const core::Failure failure = failure_of("S: * BYE [UNAVAILABLE] too many\n", end);
    CHECK(failure.fault == core::Fault::unavailable);
    CHECK(failure.server_text == "too many");
  }
}

TEST_CASE("connection: what is no IMAP server") {
  for (const std::string_view dialogue :
       {"S: * NO go away\n", "S: 220 mail.example ESMTP\n", "S: +OK POP3\n", "S: HTTP/1.1 400 Bad Request\n"}) {
    CAPTURE(dialogue);
    CHECK(failure_of(dialogue, Stage::End::wait).fault == core::Fault::protocol);
  }
}

TEST_CASE("connection: goodbye and an end without a word are told apart") {
  const core::Failure silent = failure_of("", Stage::End::close);
  CHECK(silent.fault == core::Fault::closed);
  CHECK(silent.message == "the server closed the connection without a word");
  const core::Failure in_command = failure_of("S: * OK ready\nC: A1 NOOP\n", Stage::End::close);
  CHECK(in_command.message == "the server closed the connection without a word");
  const core::Failure in_line = failure_of("S: * OK ready\nC: A1 NOOP\nS- A1 OK do\n", Stage::End::close);
  CHECK(in_line.message == "the server closed the connection without a word");
  const core::Failure polite = failure_of("S: * OK ready\nC: A1 NOOP\nS: * BYE shutting down\n", Stage::End::close);
  CHECK(polite.fault == core::Fault::closed);
  CHECK(polite.message == "the server said goodbye and closed the connection");
  CHECK(polite.server_text == "shutting down");
}

TEST_CASE("connection: a server that says nothing is not waited for for ever") {
  ConnectionOptions options;
  options.timeout = 30ms;
  CHECK(failure_of("", Stage::End::wait, options).fault == core::Fault::timeout);
  CHECK(failure_of("S- * OK rea\n", Stage::End::wait, options).fault == core::Fault::timeout);
  CHECK(failure_of("S: * OK ready\nC: A1 NOOP\n", Stage::End::wait, options).fault == core::Fault::timeout);
  CHECK(failure_of("S: * OK ready\nC: A1 NOOP\nS: * 3 EXISTS\n", Stage::End::wait, options).fault ==
        core::Fault::timeout);
}

TEST_CASE("connection: what a server may not send ends the connection") {
  ConnectionOptions options;
  options.limits.line = 1000;
  options.limits.inline_literals = 100;
  const std::string start = "S: * OK ready\nC: A1 NOOP\n";
  const std::string cases[] = {
      "S: A7 OK what\n",
      "S: + go ahead\n",
      "S: \x01\x02\x03\n",
      "S- * OK " + std::string(2000, 'x') + "\n",
      "S- * LIST (" + std::string(2000, '(') + "\n",
      "S: * LIST () \"/\" {101}\n",
      "S: * LIST () \"/\" {99999999999999999999}\n",
      "S: * 1 FETCH (BODY[] {99999999999999999999}\n",
      "S: * 1 FETCH (UID 99999999999)\n",
  };
  for (const std::string& one : cases) {
    CAPTURE(one);
    CHECK(failure_of(start + one, Stage::End::wait, options).fault == core::Fault::protocol);
  }
}

TEST_CASE("connection: a flood of untagged lines") {
  constexpr std::size_t lines = 100'000;
  std::string dialogue = "S: * OK ready\nC: A1 NOOP\n";
  for (std::size_t i = 0; i < lines; ++i) dialogue += "S: * 5 EXISTS\n";
  dialogue += "S: A1 OK done\n";
  script::PipeOptions options;
  options.capacity = 100'000;
  Stage stage(dialogue, Stage::End::wait, options);
  Unsolicited unsolicited;
  CommandResult result;
  CHECK(stage.run(many_noops(stage.take_stream(), unsolicited, result)).describe() == "");
  CHECK(result.is_ok());
  CHECK(unsolicited.heard == lines);
}

namespace {

asio::awaitable<void> be_idle(std::unique_ptr<net::Stream> stream, CommandResult& result) {
  ConnectionOptions options;
  options.timeout = 200ms;
  auto connection = co_await Connection::open(std::move(stream), options);
  co_await pause(500ms);
  Command command(CommandKind::noop, "NOOP");
  result = co_await connection->execute(std::move(command));
}

asio::awaitable<void> send_to_the_deaf(std::unique_ptr<net::Stream> stream) {
  ConnectionOptions options;
  options.timeout = 30ms;
  auto connection = co_await Connection::open(std::move(stream), options);
  Command command(CommandKind::noop, std::string(1000, 'x'));
  co_await connection->execute(std::move(command));
}

asio::awaitable<void> greet_and_leave_it(net::Stream& server) {
  const std::string_view pieces[] = {"* OK ready\r\n"};
  co_await server.write(pieces);
}

asio::awaitable<void> fault_of(asio::awaitable<void> client, core::Fault& fault) {
  try {
    co_await std::move(client);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
}

asio::awaitable<void> send_much(std::unique_ptr<net::Stream> stream) {
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  const std::string message(100'000, 'm');
  Command command(CommandKind::append, "APPEND a ");
  command.literal(message, proto::LiteralStyle::non_synchronising);
  co_await connection->execute(std::move(command));
}

asio::awaitable<void> close_in_flight(std::unique_ptr<net::Stream> stream, Handler (&handlers)[3]) {
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  for (Handler& handler : handlers) connection->submit(Command(CommandKind::noop, "NOOP"), handler);
  co_await pause(1ms);
  CHECK(connection->is_open());
  connection->close(core::Failure{core::Fault::cancelled, "enough", {}});
  CHECK(!connection->is_open());
  CHECK(connection->failure().message == "enough");
  for (const Handler& handler : handlers) {
    CHECK(handler.ends == 1);
    CHECK(handler.result.failure.message == "enough");
  }
  // A second reason does not take the place of the first, and whoever comes later hears it as well.
  connection->close(core::Failure{core::Fault::closed, "again", {}});
  Handler late;
  connection->submit(Command(CommandKind::noop, "NOOP"), late);
  CHECK(late.ends == 1);
  CHECK(late.result.failure.message == "enough");
  bool is_answered = false;
  const bool is_ready = co_await connection->ready_for_stream(1, is_answered);
  CHECK(!is_ready);
  Command command(CommandKind::noop, "NOOP");
  co_await connection->execute(std::move(command));
}

asio::awaitable<void> destroy_in_flight(std::unique_ptr<net::Stream> stream, Handler (&handlers)[3]) {
  const std::string message(100'000, 'm');
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  for (Handler& handler : handlers) {
    Command command(CommandKind::append, "APPEND a ");
    command.literal(message, proto::LiteralStyle::non_synchronising);
    connection->submit(std::move(command), handler);
  }
  co_await pause(1ms);
  connection.reset();
  for (const Handler& handler : handlers) {
    CHECK(handler.ends == 1);
    CHECK(handler.result.outcome == Outcome::lost);
  }
}

}  // namespace

TEST_CASE("connection: while no answer is awaited the server may be silent") {
  Stage stage("S: * OK ready\nC: A1 NOOP\nS: A1 OK done\n");
  CommandResult result;
  CHECK(stage.run(be_idle(stage.take_stream(), result)).describe() == "");
  CHECK(result.is_ok());
}

TEST_CASE("connection: a server that does not read is not waited for for ever") {
  asio::io_context io;
  script::PipeOptions options;
  options.capacity = 100;
  script::Pipe pipe = script::make_pipe(io.get_executor(), options);
  core::Fault fault = core::Fault::internal;
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(greet_and_leave_it(*pipe.server));
  tasks.push_back(fault_of(send_to_the_deaf(std::move(pipe.client)), fault));
  script::run_all(io, std::move(tasks));
  CHECK(fault == core::Fault::timeout);
}

TEST_CASE("connection: the words of a server that closes while we write are heard") {
  script::PipeOptions options;
  options.capacity = 1000;
  Stage stage("S: * OK ready\nC- A1 APPEND\nS: * BYE disk full\n", Stage::End::close, options);
  const core::Failure failure = stage.run(send_much(stage.take_stream()));
  CHECK(failure.fault == core::Fault::closed);
  CHECK(failure.server_text == "disk full");
}

TEST_CASE("connection: closing it ends every command in flight, with the reason") {
  Stage stage("S: * OK ready\nC: A1 NOOP\nC: A2 NOOP\nC: A3 NOOP\n");
  Handler handlers[3];
  const core::Failure failure = stage.run(close_in_flight(stage.take_stream(), handlers));
  CHECK(failure.message == "enough");
}

TEST_CASE("connection: it may go with commands in flight and a write under way") {
  asio::io_context io;
  script::PipeOptions options;
  options.capacity = 1000;
  script::Pipe pipe = script::make_pipe(io.get_executor(), options);
  Handler handlers[3];
  std::vector<asio::awaitable<void>> tasks;
  tasks.push_back(greet_and_leave_it(*pipe.server));
  tasks.push_back(destroy_in_flight(std::move(pipe.client), handlers));
  script::run_all(io, std::move(tasks));
}
