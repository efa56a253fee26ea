#include "stage.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace imapferry;
using namespace imapferry::imap;
using namespace imapferry::imap::test;
using proto::Capability;
using proto::Command;
using proto::CommandKind;
using proto::CommandResult;
namespace asio = boost::asio;

namespace {

struct Seen {
  CommandResult start_tls;
  CommandResult after;
  bool has_old_capabilities = true;
  std::string protection;
};

asio::awaitable<void> protect(std::unique_ptr<net::Stream> stream, Seen& seen) {
  auto connection = co_await Connection::open(std::move(stream), ConnectionOptions());
  const net::TlsOptions options;
  seen.start_tls = co_await connection->start_tls(options);
  seen.has_old_capabilities = !connection->capabilities().empty();
  seen.protection = connection->stream().protection();
  Command command(CommandKind::capability, "CAPABILITY");
  seen.after = co_await connection->execute(std::move(command));
  CHECK(connection->capabilities().has(Capability::auth_plain));
}

constexpr std::string_view greeting = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\n";
constexpr std::string_view end = "C: A2 CAPABILITY\n"
                                 "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n"
                                 "S: A2 OK secure\n";

std::string dialogue(std::string_view middle) { return std::string(greeting) + std::string(middle) + std::string(end); }

void check_protected(const Seen& seen) {
  CHECK(seen.start_tls.is_ok());
  CHECK(!seen.has_old_capabilities);
  CHECK(seen.protection == "PIPE");
  CHECK(seen.after.text == "secure");
}

}  // namespace

TEST_CASE("starttls: what the server said in the clear counts no more") {
  Stage stage(dialogue("C: A1 STARTTLS\nS: A1 OK begin\n"));
  Seen seen;
  CHECK(stage.run(protect(stage.take_stream(), seen)).describe() == "");
  check_protected(seen);
}

TEST_CASE("starttls: what was injected behind the answer is never looked at") {
  for (const std::string_view injected : {"S: A2 OK injected\n", "S: * CAPABILITY IMAP4rev1 XEVIL\nS: A2 OK injected\n",
                                          "S: * BYE go away\n", "S- * CAPA\n", "S: \x16garbage\n", "S: A7 OK what\n"}) {
    CAPTURE(injected);
    Stage stage(dialogue("C: A1 STARTTLS\nS: A1 OK begin\n" + std::string(injected)));
    Seen seen;
    CHECK(stage.run(protect(stage.take_stream(), seen)).describe() == "");
    check_protected(seen);
  }
}

TEST_CASE("starttls: the answer may come before the end of our own write") {
  script::PipeOptions options;
  options.capacity = 4;
  Stage stage(dialogue("C- A1 START\nS: A1 OK begin\nC: TLS\n"), Stage::End::wait, options);
  Seen seen;
  CHECK(stage.run(protect(stage.take_stream(), seen)).describe() == "");
  check_protected(seen);
}

TEST_CASE("starttls: an answer that comes before the command is no answer") {
  Stage stage(std::string(greeting) + "S: A1 OK begin\n");
  Seen seen;
  CHECK(stage.run(protect(stage.take_stream(), seen)).fault == core::Fault::protocol);
  CHECK(seen.protection == "");
}

TEST_CASE("starttls: refused, the connection goes on in the clear and knows what it knew") {
  Stage stage(dialogue("C: A1 STARTTLS\nS: A1 NO not today\n"));
  Seen seen;
  CHECK(stage.run(protect(stage.take_stream(), seen)).describe() == "");
  CHECK(seen.start_tls.outcome == CommandResult::Outcome::no);
  CHECK(seen.has_old_capabilities);
  CHECK(seen.protection == "");
  CHECK(seen.after.text == "secure");
}

TEST_CASE("starttls: a handshake that fails ends the connection") {
  script::PipeOptions options;
  options.tls_failure = core::Failure{core::Fault::certificate, "not trusted", {}};
  Stage stage(std::string(greeting) + "C: A1 STARTTLS\nS: A1 OK begin\n", Stage::End::wait, options);
  Seen seen;
  const core::Failure failure = stage.run(protect(stage.take_stream(), seen));
  CHECK(failure.fault == core::Fault::certificate);
  CHECK(failure.message == "not trusted");
}

TEST_CASE("starttls: the server ends instead of answering") {
  Stage stage(std::string(greeting) + "C: A1 STARTTLS\n", Stage::End::close);
  Seen seen;
  CHECK(stage.run(protect(stage.take_stream(), seen)).fault == core::Fault::closed);
}
