#include "stage.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using namespace imapferry::imap;
using namespace imapferry::imap::test;
using core::Fault;
namespace asio = boost::asio;

namespace {

/// Somebody who logs in, and over what.
struct Visitor {
  Visitor() {
    server.host = "mail.example";
    route.port = 143;
    route.implicit_tls = false;
    who.user = "bob";
    who.password = core::Secret("secret");
  }
  Server server;
  Route route;
  Credentials who;
  script::PipeOptions pipe;
};

asio::awaitable<void> open(std::unique_ptr<net::Stream> stream, const Visitor& visitor) {
  auto session = co_await Session::open(std::move(stream), visitor.server, visitor.route, visitor.who);
  CHECK(session->is_open());
}

core::Failure play(const std::string& dialogue, const Visitor& visitor) {
  Stage stage(dialogue, Stage::End::wait, visitor.pipe);
  core::Failure failure = stage.run(open(stage.take_stream(), visitor));
  CHECK(failure.describe().find("secret") == std::string::npos);
  return failure;
}

std::string greeting(const std::string& capabilities) {
  return "S: * OK [CAPABILITY IMAP4rev1 " + capabilities + "] ready\n";
}

const std::string welcome = " OK [CAPABILITY IMAP4rev1] welcome\n";

}  // namespace

TEST_CASE("login: CRAM-MD5, a dialogue") {
  Visitor visitor;
  visitor.who.mechanism = "CRAM-MD5";
  visitor.who.user = "tim";
  visitor.who.password = core::Secret("tanstaaftanstaaf");
  CHECK(play(greeting("AUTH=CRAM-MD5 AUTH=PLAIN SASL-IR") +
                 "C: A1 AUTHENTICATE CRAM-MD5\n"
                 "S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\n"
                 "C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\n"
                 "S: A1" +
                 welcome,
             visitor)
            .describe() == "");
}

TEST_CASE("login: OAuth 2.0, in one flight and in two, and what the server says of a token") {
  Visitor visitor;
  visitor.who.token = core::Secret("tok");
  const std::string message = "dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rAQE=";
  CHECK(play(greeting("AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR") + "C: A1 AUTHENTICATE XOAUTH2 " + message + "\nS: A1" +
                 welcome,
             visitor)
            .describe() == "");
  CHECK(
      play(greeting("AUTH=XOAUTH2") + "C: A1 AUTHENTICATE XOAUTH2\nS: + \nC: " + message + "\nS: A1" + welcome, visitor)
          .describe() == "");
  const core::Failure failure = play(greeting("AUTH=XOAUTH2 SASL-IR") + "C: A1 AUTHENTICATE XOAUTH2 " + message +
                                         "\nS: + eyJzdGF0dXMiOiI0MDEifQ==\n"
                                         "C: \n"
                                         "S: A1 NO [AUTHENTICATIONFAILED] expired\n",
                                     visitor);
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.server_text == "[AUTHENTICATIONFAILED] expired ({\"status\":\"401\"})");
  CHECK(play(greeting("AUTH=OAUTHBEARER SASL-IR") +
                 "C: A1 AUTHENTICATE OAUTHBEARER "
                 "bixhPWJvYiwBaG9zdD1tYWlsLmV4YW1wbGUBcG9ydD0xNDMBYXV0aD1CZWFyZXIgdG9rAQE=\nS: A1" +
                 welcome,
             visitor)
            .describe() == "");
  visitor.who.token = core::Secret("cmVhZHk=");
  visitor.who.is_token_whole = true;
  CHECK(play(greeting("AUTH=XOAUTH2 SASL-IR") + "C: A1 AUTHENTICATE XOAUTH2 cmVhZHk=\nS: A1" + welcome, visitor)
            .describe() == "");
}

TEST_CASE("login: a Kerio's master password, for the user") {
  Visitor visitor;
  visitor.who.mechanism = "X-MASTERAUTH";
  visitor.who.falls_back = true;
  visitor.route.may_login_in_clear = true;
  const std::string digest = "8463de2e2262f80a9f3953085cf49b5f";
  const std::string begin = greeting("AUTH=PLAIN") + "C: A1 X-MASTERAUTH\nS: + <1.2@kerio>\nC: " + digest + "\n";
  const std::string become = begin + "S: A1 OK welcome, master\nC: A2 X-SETUSER \"bob\"\n";
  CHECK(play(become + "S: A2 OK done\nC: A3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: A3 OK\n", visitor).describe() ==
        "");
  core::Failure failure = play(become + "S: A2 NO nobody of that name\n", visitor);
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.message.find("X-SETUSER for bob was refused") != std::string::npos);
  // The user's LOGIN does not get a password that opens everything, though --trylogin is on.
  failure = play(begin + "S: A1 NO X-MASTERAUTH failed\n", visitor);
  CHECK(failure.message.find("by X-MASTERAUTH was refused") != std::string::npos);
  // One answer is given, no more.
  failure = play(begin + "S: + <3.4@kerio>\nC: *\nS: A1 BAD no\n", visitor);
  CHECK(failure.fault == Fault::authentication);
}

TEST_CASE("login: an administrator for a user, by PLAIN and by PROXYAUTH") {
  Visitor visitor;
  visitor.who.administrator = "root";
  visitor.who.mechanism = "PLAIN";
  CHECK(play(greeting("AUTH=PLAIN SASL-IR") + "C: A1 AUTHENTICATE PLAIN Ym9iAHJvb3QAc2VjcmV0\nS: A1" + welcome, visitor)
            .describe() == "");
  visitor.who.mechanism.clear();
  visitor.who.use_proxyauth = true;
  const std::string login =
      greeting("") + "C: A1 LOGIN \"root\" \"secret\"\nS: A1" + welcome + "C: A2 PROXYAUTH \"bob\"\n";
  CHECK(play(login + "S: A2 OK you are bob\nC: A3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: A3 OK\n", visitor)
            .describe() == "");
  const core::Failure failure = play(login + "S: A2 NO [AUTHORIZATIONFAILED] you are not\n", visitor);
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.message.find("PROXYAUTH for bob was refused") != std::string::npos);
}

TEST_CASE("login: EXTERNAL with and without an initial response") {
  Visitor visitor;
  visitor.who.mechanism = "EXTERNAL";
  CHECK(play(greeting("AUTH=EXTERNAL SASL-IR") + "C: A1 AUTHENTICATE EXTERNAL Ym9i\nS: A1" + welcome, visitor)
            .describe() == "");
  CHECK(play(greeting("AUTH=EXTERNAL") + "C: A1 AUTHENTICATE EXTERNAL\nS: + \nC: Ym9i\nS: A1" + welcome, visitor)
            .describe() == "");
}

TEST_CASE("login: a mechanism that the server does not offer is not tried, and the offer is told") {
  Visitor visitor;
  visitor.who.mechanism = "SCRAM-SHA-1";
  const core::Failure failure = play(greeting("AUTH=PLAIN AUTH=LOGIN"), visitor);
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.message.find("does not offer SCRAM-SHA-1; it has PLAIN, LOGIN") != std::string::npos);
}

TEST_CASE("login: another attempt with LOGIN, where it was not told otherwise and exposes nothing") {
  const std::string refused = greeting("AUTH=PLAIN SASL-IR") + "C: A1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                                               "S: A1 NO [AUTHENTICATIONFAILED] no\n";
  const std::string again = refused + "C: A2 LOGIN \"bob\" \"secret\"\nS: A2" + welcome;
  Visitor visitor;
  visitor.who.mechanism = "PLAIN";
  CHECK(play(refused, visitor).fault == Fault::authentication);
  visitor.who.falls_back = true;
  CHECK(play(again, visitor).describe() == "");
  visitor.who.mechanism = "SCRAM-SHA-1";
  // Not offered; and the password that it would have protected does not travel unprotected, not even within this
  // machine.
  CHECK(play(greeting("AUTH=PLAIN"), visitor).fault == Fault::authentication);
  visitor.who.mechanism = "PLAIN";
  visitor.who.administrator = "root";
  CHECK(play(greeting("AUTH=PLAIN SASL-IR") + "C: A1 AUTHENTICATE PLAIN Ym9iAHJvb3QAc2VjcmV0\n"
                                              "S: A1 NO no\n",
             visitor)
            .fault == Fault::authentication);
}

TEST_CASE("login: a server that asks to come back later is not asked in another way") {
  Visitor visitor;
  visitor.who.mechanism = "PLAIN";
  visitor.who.falls_back = true;
  CHECK(play(greeting("AUTH=PLAIN SASL-IR") + "C: A1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\n"
                                              "S: A1 NO [UNAVAILABLE] later\n",
             visitor)
            .fault == Fault::unavailable);
}

TEST_CASE("login: a mechanism that protects the password may go over a connection that does not; others may not") {
  Visitor visitor;
  visitor.pipe.is_loopback = false;
  visitor.who.mechanism = "CRAM-MD5";
  CHECK(play(greeting("AUTH=CRAM-MD5") + "C: A1 AUTHENTICATE CRAM-MD5\nS: A1 NO no\n", visitor).fault ==
        Fault::authentication);
  visitor.who.mechanism = "PLAIN";
  CHECK(play(greeting("AUTH=PLAIN"), visitor).fault == Fault::tls);
  visitor.who.mechanism.clear();
  visitor.who.token = core::Secret("tok");
  CHECK(play(greeting("AUTH=XOAUTH2"), visitor).fault == Fault::tls);
}

TEST_CASE("login: what a server asks that makes no sense ends the exchange, and is told") {
  Visitor visitor;
  visitor.who.mechanism = "DIGEST-MD5";
  const core::Failure failure = play(greeting("AUTH=DIGEST-MD5") + "C: A1 AUTHENTICATE DIGEST-MD5\n"
                                                                   "S: + ????\n"
                                                                   "C: *\n"
                                                                   "S: A1 BAD cancelled\n",
                                     visitor);
  CHECK(failure.fault == Fault::protocol);
  CHECK(failure.message.find("DIGEST-MD5") != std::string::npos);
}

TEST_CASE("login: an OK from a server that has not proved itself is worth nothing") {
  Visitor visitor;
  visitor.who.mechanism = "SCRAM-SHA-256";
  const core::Failure failure = play(greeting("AUTH=SCRAM-SHA-256") +
                                         "C: A1 AUTHENTICATE SCRAM-SHA-256\n"
                                         "S: A1" +
                                         welcome,
                                     visitor);
  CHECK(failure.fault == Fault::authentication);
  CHECK(failure.message.find("did not prove") != std::string::npos);
}

TEST_CASE("login: PREAUTH was asked for, and the server does not know us") {
  Visitor visitor;
  visitor.who.mechanism = "PREAUTH";
  CHECK(play(greeting("AUTH=PLAIN"), visitor).fault == Fault::authentication);
  CHECK(play("S: * PREAUTH [CAPABILITY IMAP4rev1] hello\n", visitor).describe() == "");
}
