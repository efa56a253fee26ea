#include "imap/proto/refusal.hpp"

#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace imapferry::imap::proto {

using core::Fault;

namespace {

constexpr std::chrono::milliseconds longest_named_wait = std::chrono::minutes(15);

/// Where the words begin, or npos.
std::size_t find_ignoring_case(std::string_view text, std::string_view words) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  const auto found = std::search(text.begin(), text.end(), words.begin(), words.end(), same);
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

bool contains_ignoring_case(std::string_view text, std::string_view words) {
  return find_ignoring_case(text, words) != std::string_view::npos;
}

struct CodeMeaning {
  std::string_view code;
  Fault fault;
};

constexpr std::array code_meanings{
    CodeMeaning{"OVERQUOTA", Fault::quota},
    CodeMeaning{"UNAVAILABLE", Fault::unavailable},
    CodeMeaning{"THROTTLED", Fault::unavailable},
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
    WordMeaning{"suggested backoff time", Fault::unavailable},
    WordMeaning{"[throttled]", Fault::unavailable},
    WordMeaning{"rate limit hit", Fault::unavailable},
    WordMeaning{"try again", Fault::unavailable},
    WordMeaning{"server busy", Fault::unavailable},
};

}  // namespace

Fault fault_of(std::string_view code, std::string_view text, Fault fallback) {
  for (const CodeMeaning& meaning : code_meanings) {
    if (equals_ignoring_case(code, meaning.code)) return meaning.fault;
  }
  // [LIMIT] is a matter of connections at login, of our haste where we read (Yahoo), and of the thing itself where we
  // write (Cyrus).
  const bool is_no_write = fallback == Fault::authentication || fallback == Fault::fetch || fallback == Fault::select;
  if (equals_ignoring_case(code, "LIMIT") && is_no_write) return Fault::unavailable;
  for (const WordMeaning& meaning : word_meanings) {
    if (contains_ignoring_case(text, meaning.words)) return meaning.fault;
  }
  return fallback;
}

std::chrono::milliseconds wait_named_in(std::string_view text) {
  constexpr std::string_view words = "suggested backoff time:";
  const std::size_t found = find_ignoring_case(text, words);
  if (found == std::string_view::npos) return std::chrono::milliseconds(0);
  text.remove_prefix(found + words.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::result_out_of_range) return longest_named_wait;
  if (read.ec != std::errc() || number <= 0) return std::chrono::milliseconds(0);
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const bool is_in_seconds = find_ignoring_case(text.substr(0, 3), "sec") == 0;
  if (number > longest_named_wait.count()) return longest_named_wait;
  return std::min(std::chrono::milliseconds(is_in_seconds ? number * 1000 : number), longest_named_wait);
}

bool says_throttled(const CommandResult& result) {
  return equals_ignoring_case(result.code, "THROTTLED") || contains_ignoring_case(result.text, "[throttled]");
}

core::Failure refusal(const CommandResult& result, Fault fallback, std::string_view what) {
  if (result.outcome == CommandResult::Outcome::lost) return result.failure;
  return core::Failure{fault_of(result.code, result.text, fallback), fmt::format("{} was refused", what),
                       result.server_text()};
}

}  // namespace imapferry::imap::proto
