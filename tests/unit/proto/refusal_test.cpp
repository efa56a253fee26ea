#include "imap/proto/refusal.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using core::Fault;
using imap::proto::CommandResult;
using imap::proto::fault_of;
using imap::proto::refusal;
using imap::proto::says_throttled;
using imap::proto::wait_named_in;

TEST_CASE("refusal: the response code decides, then the words, then what was asked") {
  struct Case {
    std::string_view code;
    std::string_view text;
    Fault fallback;
    Fault fault;
  };
  const Case cases[] = {
      {"", "no", Fault::append, Fault::append},
      {"TRYCREATE", "no such mailbox", Fault::append, Fault::append},
      {"NONEXISTENT", "no such mailbox", Fault::select, Fault::select},
      {"OVERQUOTA", "no", Fault::append, Fault::quota},
      {"overquota", "no", Fault::append, Fault::quota},
      {"UNAVAILABLE", "no", Fault::authentication, Fault::unavailable},
      {"INUSE", "no", Fault::append, Fault::unavailable},
      {"SERVERBUG", "Internal error", Fault::select, Fault::unavailable},
      {"AUTHENTICATIONFAILED", "no", Fault::authentication, Fault::authentication},
      {"AUTHENTICATIONFAILED", "try again", Fault::select, Fault::authentication},
      {"AUTHORIZATIONFAILED", "no", Fault::select, Fault::authentication},
      {"EXPIRED", "no", Fault::select, Fault::authentication},
      {"PRIVACYREQUIRED", "no", Fault::authentication, Fault::tls},
      {"LIMIT", "too many", Fault::authentication, Fault::unavailable},
      {"LIMIT", "UID FETCH Rate limit hit.", Fault::fetch, Fault::unavailable},
      {"LIMIT", "Too many identical emails", Fault::append, Fault::append},
      {"", "Request is throttled. Suggested Backoff Time: 5000 milliseconds", Fault::append, Fault::unavailable},
      {"THROTTLED", "slow down", Fault::append, Fault::unavailable},
      {"LIMIT", "message is too large", Fault::append, Fault::append},
      {"LIMIT", "quota exceeded", Fault::append, Fault::quota},
      {"", "Over Quota", Fault::append, Fault::quota},
      {"", "Quota exceeded (mailbox for user is full)", Fault::append, Fault::quota},
      {"", "You have exceeded your mail quota.", Fault::append, Fault::quota},
      {"", "Too many simultaneous connections. (Failure)", Fault::authentication, Fault::unavailable},
      {"", "Maximum number of connections from user+IP exceeded", Fault::authentication, Fault::unavailable},
      {"ALERT", "too many open connections", Fault::authentication, Fault::unavailable},
      {"", "Request is throttled. Suggested Backoff Time: 1000 milliseconds", Fault::append, Fault::unavailable},
      {"", "Temporary failure, TRY AGAIN later", Fault::append, Fault::unavailable},
      {"", "Server busy", Fault::append, Fault::unavailable},
      {"", "", Fault::create, Fault::create},
  };
  for (const Case& one : cases) {
    CAPTURE(one.code);
    CAPTURE(one.text);
    CHECK(fault_of(one.code, one.text, one.fallback) == one.fault);
  }
}

TEST_CASE("refusal: the failure says what was refused, with the server's words") {
  CommandResult result;
  result.outcome = CommandResult::Outcome::no;
  result.code = "LIMIT";
  result.text = "too long";
  const core::Failure failure = refusal(result, Fault::create, "CREATE");
  CHECK(failure.fault == Fault::create);
  CHECK(failure.message == "CREATE was refused");
  CHECK(failure.server_text == "[LIMIT] too long");
}

TEST_CASE("refusal: a command that was lost keeps the failure that it was lost with") {
  CommandResult result;
  result.failure = core::Failure{Fault::timeout, "nothing came", {}};
  CHECK(refusal(result, Fault::create, "CREATE").fault == Fault::timeout);
  CHECK(refusal(result, Fault::create, "CREATE").message == "nothing came");
}

TEST_CASE("result: the server's words with the code as it was sent") {
  CommandResult result;
  CHECK(result.server_text() == "");
  result.text = "no";
  CHECK(result.server_text() == "no");
  result.code = "APPENDUID";
  CHECK(result.server_text() == "[APPENDUID] no");
  result.argument = "1 2";
  CHECK(result.server_text() == "[APPENDUID 1 2] no");
  CHECK(!result.is_ok());
}

TEST_CASE("refusal: how long the server asks us to wait, within bounds") {
  using namespace std::chrono_literals;
  CHECK(wait_named_in("Request is throttled. Suggested Backoff Time: 299961 milliseconds") == 299961ms);
  CHECK(wait_named_in("suggested backoff time:5000") == 5s);
  CHECK(wait_named_in("Suggested Backoff Time: 7 seconds") == 7s);
  for (const std::string_view text :
       {"Suggested Backoff Time: 99999999999 milliseconds", "Suggested Backoff Time: 99999999999999999999999",
        "Suggested Backoff Time: 901000"}) {
    CHECK(wait_named_in(text) == 15min);
  }
  for (const std::string_view text : {"", "later", "Suggested Backoff Time:", "Suggested Backoff Time: soon",
                                      "Suggested Backoff Time: -5", "Suggested Backoff Time: 0"}) {
    CHECK(wait_named_in(text) == 0ms);
  }
}

TEST_CASE("refusal: a good answer may say that the server slows us down") {
  CommandResult result;
  result.outcome = CommandResult::Outcome::ok;
  result.text = "Success [THROTTLED]";
  CHECK(says_throttled(result));
  result.text = "Success";
  CHECK_FALSE(says_throttled(result));
}
