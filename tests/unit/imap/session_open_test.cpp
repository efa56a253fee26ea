#include "stage.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace imapferry;
using namespace imapferry::imap;
using namespace imapferry::imap::test;
using core::Fault;
using proto::Capability;
namespace asio = boost::asio;

namespace {

/// How a session is opened, and what came of it.
struct Opening {
  Opening() {
    server.host = "mail.example";
    route.port = 143;
    route.implicit_tls = false;
    credentials.user = "bob";
    credentials.password = core::Secret("secret");
  }
  Server server;
  Route route;
  Credentials credentials;
  script::PipeOptions pipe;

  bool has_uidplus = false;
  std::string greeting;
  std::string protection;
};

asio::awaitable<void> open(std::unique_ptr<net::Stream> stream, Opening& opening) {
  auto session = co_await Session::open(std::move(stream), opening.server, opening.route, opening.credentials);
  CHECK(session->is_open());
  CHECK(session->address() == "mail.example:143");
  opening.has_uidplus = session->has(Capability::uidplus);
  opening.greeting = session->greeting();
  opening.protection = session->protection();
}

core::Failure play(std::string_view dialogue, Opening& opening, Stage::End end = Stage::End::wait) {
  Stage stage(dialogue, end, opening.pipe);
  return stage.run(open(stage.take_stream(), opening));
}

core::Failure play(std::string_view dialogue) {
  Opening opening;
  return play(dialogue, opening);
}

}  // namespace

TEST_CASE("login: AUTHENTICATE PLAIN in one flight where the server takes it so") {
  Opening opening;
  const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready when you are\n"
                                     "C: A1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                     "S: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome\n",
                                     opening);
  CHECK(failure.describe() == "");
  CHECK(opening.has_uidplus);
  CHECK(opening.greeting == "ready when you are");
}

TEST_CASE("login: AUTHENTICATE PLAIN in two steps elsewhere") {
  Opening opening;
  const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] ready\n"
                                     "C: A1 AUTHENTICATE PLAIN\n"
                                     "S: + \n"
                                     "C: AGJvYgBzZWNyZXQ=\n"
                                     "S: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome\n",
                                     opening);
  CHECK(failure.describe() == "");
  CHECK(opening.has_uidplus);
}

TEST_CASE("login: refused before the password was asked for") {
  const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n"
                                     "C: A1 AUTHENTICATE PLAIN\n"
                                     "S: A1 NO [UNAVAILABLE] no directory\n");
  CHECK(failure.fault == Fault::unavailable);
}

TEST_CASE("login: LOGIN where there is no AUTH=PLAIN; what cannot be quoted is a literal") {
  struct Case {
    const char* user;
    const char* password;
    const char* capabilities;
    const char* client;
  };
  const Case cases[] = {
      {"bob", "secret", "", "C: A1 LOGIN \"bob\" \"secret\"\n"},
      {"bob@example.org", "a b\"c\\d", "", "C: A1 LOGIN \"bob@example.org\" \"a b\\\"c\\\\d\"\n"},
      {"bob", "", "", "C: A1 LOGIN \"bob\" \"\"\n"},
      {"bob", "p\xC3\xA4ss", "", "C: A1 LOGIN \"bob\" {5}\nS: + go on\nC: p\xC3\xA4ss\n"},
      {"bob", "p\xC3\xA4ss", " LITERAL+", "C: A1 LOGIN \"bob\" {5+}\nC: p\xC3\xA4ss\n"},
      {"b\xC3\xB6", "p\xC3\xA4ss", "", "C: A1 LOGIN {3}\nS: + go on\nC: b\xC3\xB6 {5}\nS: + go on\nC: p\xC3\xA4ss\n"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.client));
    Opening opening;
    opening.credentials.user = one.user;
    opening.credentials.password = core::Secret(one.password);
    const std::string dialogue = "S: * OK [CAPABILITY IMAP4rev1" + std::string(one.capabilities) + "] ready\n" +
                                 one.client + "S: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome\n";
    CHECK(play(dialogue, opening).describe() == "");
    CHECK(opening.has_uidplus);
  }
}

TEST_CASE("login: capabilities are asked for where the server did not tell them, before and after") {
  Opening opening;
  const core::Failure failure = play("S: * OK ready\n"
                                     "C: A1 CAPABILITY\n"
                                     "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\n"
                                     "S: A1 OK done\n"
                                     "C: A2 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                     "S: A2 OK welcome\n"
                                     "C: A3 CAPABILITY\n"
                                     "S: * CAPABILITY IMAP4rev1 UIDPLUS\n"
                                     "S: A3 OK done\n",
                                     opening);
  CHECK(failure.describe() == "");
  CHECK(opening.has_uidplus);
}

TEST_CASE("login: a server that knows us already is not asked to let us in") {
  Opening opening;
  const core::Failure failure = play("S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] you again\n", opening);
  CHECK(failure.describe() == "");
  CHECK(opening.has_uidplus);
}

TEST_CASE("login: refused, with the server's words and without the password") {
  struct Case {
    const char* answer;
    Fault fault;
  };
  const Case cases[] = {
      {"NO [AUTHENTICATIONFAILED] wrong", Fault::authentication},
      {"NO wrong", Fault::authentication},
      {"BAD what", Fault::authentication},
      {"NO [UNAVAILABLE] later", Fault::unavailable},
      {"NO [LIMIT] too many", Fault::unavailable},
      {"NO [ALERT] Too many simultaneous connections", Fault::unavailable},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.answer));
    const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n"
                                       "C: A1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                       "S: A1 " +
                                       std::string(one.answer) + "\n");
    CHECK(failure.fault == one.fault);
    CHECK(failure.message == "mail.example:143: login: the login of bob was refused");
    CHECK("NO " + failure.server_text + "BAD " + failure.server_text != "NO BAD ");
    CHECK(failure.describe().find("secret") == std::string::npos);
    CHECK(failure.describe().find("AGJv") == std::string::npos);
  }
}

TEST_CASE("login: a server that takes no password is not sent one") {
  const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] ready\n");
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.message.find("LOGINDISABLED") != std::string::npos);
}

TEST_CASE("login: a password does not travel in the clear, unless to this very machine or when it was said so") {
  constexpr std::string_view greeting = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\n";
  const std::string login = std::string(greeting) + "C: A1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                                    "S: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome\n";
  Opening opening;
  opening.pipe.is_loopback = false;
  const core::Failure failure = play(greeting, opening);
  CHECK(failure.fault == Fault::tls);
  CHECK(failure.message.find("not sent in the clear") != std::string::npos);
  opening.route.may_login_in_clear = true;
  CHECK(play(login, opening).describe() == "");
  opening.route.may_login_in_clear = false;
  opening.pipe.is_loopback = true;
  CHECK(play(login, opening).describe() == "");
}

TEST_CASE("login: STARTTLS first, then what the server can do is asked anew") {
  for (const Route::StartTls start_tls : {Route::StartTls::if_offered, Route::StartTls::required}) {
    Opening opening;
    opening.pipe.is_loopback = false;
    opening.route.start_tls = start_tls;
    const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\n"
                                       "C: A1 STARTTLS\n"
                                       "S: A1 OK begin\n"
                                       "C: A2 CAPABILITY\n"
                                       "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\n"
                                       "S: A2 OK done\n"
                                       "C: A3 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                       "S: A3 OK [CAPABILITY IMAP4rev1 UIDPLUS] welcome\n",
                                       opening);
    CHECK(failure.describe() == "");
    CHECK(opening.protection == "PIPE");
    CHECK(opening.has_uidplus);
  }
}

TEST_CASE("login: STARTTLS that is required and not to be had") {
  struct Case {
    const char* dialogue;
    const char* message;
  };
  const Case cases[] = {
      {"S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n", "the server does not offer STARTTLS"},
      {"S: * OK ready\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: A1 OK done\n",
       "the server does not offer STARTTLS"},
      {"S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] in\n", "logged us in before"},
      {"S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: A1 STARTTLS\nS: A1 NO no\n", "refuses STARTTLS"},
      {"S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\nC: A1 STARTTLS\nS: A1 BAD no\n", "refuses STARTTLS"},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.dialogue));
    Opening opening;
    opening.route.start_tls = Route::StartTls::required;
    const core::Failure failure = play(one.dialogue, opening);
    CHECK(failure.fault == Fault::tls);
    CHECK(failure.message.find(one.message) != std::string::npos);
  }
}

TEST_CASE("login: STARTTLS that is not offered is no failure where it is not required, but no password is sent") {
  Opening opening;
  opening.pipe.is_loopback = false;
  opening.route.start_tls = Route::StartTls::if_offered;
  const core::Failure failure = play("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n", opening);
  CHECK(failure.fault == Fault::tls);
  CHECK(failure.message.find("not sent in the clear") != std::string::npos);
}

TEST_CASE("login: the server closes at each step") {
  constexpr std::string_view dialogue = "S: * OK ready\n"
                                        "C: A1 CAPABILITY\n"
                                        "S: * CAPABILITY IMAP4rev1 STARTTLS\n"
                                        "S: A1 OK done\n"
                                        "C: A2 STARTTLS\n"
                                        "S: A2 OK begin\n"
                                        "C: A3 CAPABILITY\n"
                                        "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n"
                                        "S: A3 OK done\n"
                                        "C: A4 AUTHENTICATE PLAIN\n"
                                        "S: + \n"
                                        "C: AGJvYgBzZWNyZXQ=\n"
                                        "S: A4 OK welcome\n"
                                        "C: A5 CAPABILITY\n"
                                        "S: * CAPABILITY IMAP4rev1\n"
                                        "S: A5 OK done\n";
  const std::size_t turns = Stage(dialogue).server.turns();
  REQUIRE(turns == 13);
  for (std::size_t turn = 0; turn <= turns; ++turn) {
    CAPTURE(turn);
    Opening opening;
    opening.route.start_tls = Route::StartTls::required;
    Stage stage(dialogue);
    if (turn < turns) stage.server.close_after(turn);
    const core::Failure failure = stage.run(open(stage.take_stream(), opening));
    if (turn == turns) {
      CHECK(failure.describe() == "");
    } else {
      CHECK(failure.fault == Fault::closed);
      CHECK(failure.message.find("mail.example:143: ") == 0);
    }
  }
}
