#include "imap/proto/refusal.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using core::Fault;
using imap::proto::CommandResult;
using imap::proto::fault_of;
using imap::proto::refusal;

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
