#include "imap/proto/refusal.hpp"

#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace imapferry::imap::proto {

using core::Fault;

namespace {

bool contains_ignoring_case(std::string_view text, std::string_view words) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), same) != text.end();
}

struct CodeMeaning {
  std::string_view code;
  Fault fault;
};

constexpr std::array code_meanings{
    CodeMeaning{"OVERQUOTA", Fault::quota},
    CodeMeaning{"UNAVAILABLE", Fault::unavailable},
    CodeMeaning{"INUSE", Fault::unavailable},
    CodeMeaning{"SERVERBUG", Fault::unavailable},
    CodeMeaning{"AUTHENTICATIONFAILED", Fault::authentication},
    CodeMeaning{"AUTHORIZATIONFAILED", Fault::authentication},
    CodeMeaning{"EXPIRED", Fault::authentication},
    CodeMeaning{"PRIVACYREQUIRED", Fault::tls},
};

struct WordMeaning {
  std::string_view words;
  Fault fault;
};

// Cyrus, Courier and Exchange send no code for these.
constexpr std::array word_meanings{
    WordMeaning{"over quota", Fault::quota},
    WordMeaning{"exceeded your mail quota", Fault::quota},
    WordMeaning{"quota exceeded", Fault::quota},
    WordMeaning{"too many connections", Fault::unavailable},
    WordMeaning{"too many open connections", Fault::unavailable},
    WordMeaning{"too many simultaneous connections", Fault::unavailable},
    WordMeaning{"number of connections", Fault::unavailable},
    WordMeaning{"request is throttled", Fault::unavailable},
    WordMeaning{"try again", Fault::unavailable},
    WordMeaning{"server busy", Fault::unavailable},
};

}  // namespace

Fault fault_of(std::string_view code, std::string_view text, Fault fallback) {
  for (const CodeMeaning& meaning : code_meanings) {
    if (equals_ignoring_case(code, meaning.code)) return meaning.fault;
  }
  // [LIMIT] is a matter of connections at login, and of the message itself everywhere else.
  if (equals_ignoring_case(code, "LIMIT") && fallback == Fault::authentication) return Fault::unavailable;
  for (const WordMeaning& meaning : word_meanings) {
    if (contains_ignoring_case(text, meaning.words)) return meaning.fault;
  }
  return fallback;
}

core::Failure refusal(const CommandResult& result, Fault fallback, std::string_view what) {
  if (result.outcome == CommandResult::Outcome::lost) return result.failure;
  return core::Failure{fault_of(result.code, result.text, fallback), fmt::format("{} was refused", what),
                       result.server_text()};
}

}  // namespace imapferry::imap::proto
