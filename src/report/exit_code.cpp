#include "report/exit_code.hpp"

#include "report/tally.hpp"

#include <algorithm>

namespace imapferry::report {

namespace {

struct ClassFacts {
  std::string_view name;
  int exit_code;
};

/// In the order of the enumerators.
constexpr std::array<ClassFacts, error_class_count> class_facts{{
    {"ERR_APPEND", 114},
    {"ERR_APPEND_SIZE", 114},
    {"ERR_APPEND_VIRUS", 119},
    {"ERR_AUTHENTICATION_FAILURE", 16},
    {"ERR_AUTHENTICATION_FAILURE_USER1", 161},
    {"ERR_AUTHENTICATION_FAILURE_USER2", 162},
    {"ERR_BUSY", 8},
    {"ERR_CANCELLED", 6},
    {"ERR_CONNECTION_FAILURE", 10},
    {"ERR_CONNECTION_FAILURE_HOST1", 101},
    {"ERR_CONNECTION_FAILURE_HOST2", 102},
    {"ERR_CREATE", 116},
    {"ERR_EXIT_TLS_FAILURE", 12},
    {"ERR_FLAGS", 120},
    {"ERR_Host1_FETCH", 115},
    {"ERR_INPUT", 66},
    {"ERR_INTERNAL", 70},
    {"ERR_OVERQUOTA", 113},
    {"ERR_SELECT", 117},
    {"ERR_SUBFOLDER1_NO_EXISTS", 21},
    {"ERR_TRANSFER_EXCEEDED", 118},
    {"ERR_UNCLASSIFIED", 111},
    {"ERR_USAGE", 64},
}};

struct CodeFacts {
  int exit_code;
  std::string_view description;  ///< the name, and for some ": " and the meaning
};

constexpr std::array<CodeFacts, 28> code_facts{{
    {0, "EX_OK: successful termination"},
    {1, "EXIT_CATCH_ALL"},
    {ended_by_signal, "EXIT_BY_SIGNAL"},
    {7, "EXIT_BY_FILE"},
    {8, "EXIT_PID_FILE_ERROR"},
    {10, "EXIT_CONNECTION_FAILURE"},
    {12, "EXIT_TLS_FAILURE"},
    {16, "EXIT_AUTHENTICATION_FAILURE"},
    {21, "EXIT_SUBFOLDER1_NO_EXISTS"},
    {64, "EX_USAGE: command line usage error"},
    {66, "EX_NOINPUT: cannot open input"},
    {69, "EX_UNAVAILABLE: service unavailable"},
    {70, "EX_SOFTWARE: internal software error"},
    {101, "EXIT_CONNECTION_FAILURE_HOST1"},
    {102, "EXIT_CONNECTION_FAILURE_HOST2"},
    {111, "EXIT_WITH_ERRORS"},
    {112, "EXIT_WITH_ERRORS_MAX"},
    {113, "EXIT_OVERQUOTA"},
    {114, "EXIT_ERR_APPEND"},
    {115, "EXIT_ERR_FETCH"},
    {116, "EXIT_ERR_CREATE"},
    {117, "EXIT_ERR_SELECT"},
    {118, "EXIT_TRANSFER_EXCEEDED"},
    {119, "EXIT_ERR_APPEND_VIRUS"},
    {120, "EXIT_ERR_FLAGS"},
    {161, "EXIT_AUTHENTICATION_FAILURE_USER1"},
    {162, "EXIT_AUTHENTICATION_FAILURE_USER2"},
    {tests_failed, "EXIT_TESTS_FAILED"},
}};

constexpr int by_file = 7;
constexpr int transfer_exceeded = 118;
constexpr int with_errors = 111;

struct TextMeaning {
  std::string_view words;
  ErrorClass error;
  std::string_view words_too = {};
};

/// In the order in which imapsync looks: a full mailbox and a virus go before the command that they have stopped.
constexpr std::array text_meanings{
    TextMeaning{"Host1 failure: Error login", ErrorClass::authentication_host1},
    TextMeaning{"Host2 failure: Error login", ErrorClass::authentication_host2},
    TextMeaning{"Can not go to tls encryption", ErrorClass::tls},
    TextMeaning{"could not be fetched", ErrorClass::fetch},
    TextMeaning{"could not fetch", ErrorClass::fetch},
    TextMeaning{"Maximum size of appendable message", ErrorClass::append_size},
    TextMeaning{"TOOBIG", ErrorClass::append_size},
    TextMeaning{"message is too large", ErrorClass::append_size},
    TextMeaning{"message too large", ErrorClass::append_size},
    TextMeaning{"message too big", ErrorClass::append_size},
    TextMeaning{"OVERQUOTA", ErrorClass::quota},
    TextMeaning{"over quota", ErrorClass::quota},
    TextMeaning{"quota exceeded", ErrorClass::quota},
    TextMeaning{"quota limit", ErrorClass::quota},
    TextMeaning{"Quota is ", ErrorClass::quota, " full"},
    TextMeaning{"virus", ErrorClass::append_virus},
    TextMeaning{"could not append", ErrorClass::append},
    TextMeaning{"could not add flags", ErrorClass::flags},
    TextMeaning{"could not set flags", ErrorClass::flags},
    TextMeaning{"Could not create folder", ErrorClass::create},
    TextMeaning{"Could not select", ErrorClass::select},
    TextMeaning{"Maximum bytes transferred reached", ErrorClass::transfer},
    TextMeaning{"Host1 failure: can not open imap connection", ErrorClass::connection_host1},
    TextMeaning{"Host2 failure: can not open imap connection", ErrorClass::connection_host2},
};

bool contains(std::string_view text, std::string_view words) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto is_same = [&](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), is_same) != text.end();
}

ErrorClass by_side(std::optional<sync::Side> side, ErrorClass unknown, ErrorClass source, ErrorClass destination) {
  if (!side) return unknown;
  return *side == sync::Side::source ? source : destination;
}

}  // namespace

ErrorClass classify(core::Fault fault, std::optional<sync::Side> side) noexcept {
  using core::Fault;
  switch (fault) {
  case Fault::usage: return ErrorClass::usage;
  case Fault::input: return ErrorClass::input;
  case Fault::connect:
  case Fault::protocol:
  case Fault::timeout:
  case Fault::closed:
  case Fault::unavailable:
    return by_side(side, ErrorClass::connection, ErrorClass::connection_host1, ErrorClass::connection_host2);
  case Fault::tls:
  case Fault::certificate: return ErrorClass::tls;
  case Fault::authentication:
    return by_side(side, ErrorClass::authentication, ErrorClass::authentication_host1,
                   ErrorClass::authentication_host2);
  case Fault::busy: return ErrorClass::busy;
  case Fault::root: return ErrorClass::subfolder1;
  case Fault::create: return ErrorClass::create;
  case Fault::select: return ErrorClass::select;
  case Fault::fetch: return ErrorClass::fetch;
  case Fault::append: return ErrorClass::append;
  case Fault::quota: return ErrorClass::quota;
  case Fault::flags:
  case Fault::labels: return ErrorClass::flags;
  case Fault::deletion:
  case Fault::rights: return ErrorClass::unclassified;
  case Fault::cancelled: return ErrorClass::cancelled;
  case Fault::internal: return ErrorClass::internal;
  }
  return ErrorClass::unclassified;
}

ErrorClass classify(const core::Failure& failure, std::optional<sync::Side> side) {
  const ErrorClass error = classify(failure.fault, side);
  if (error != ErrorClass::append) return error;
  const ErrorClass told = classify_text(failure.server_text);
  const bool is_closer =
      told == ErrorClass::append_size || told == ErrorClass::append_virus || told == ErrorClass::quota;
  return is_closer ? told : error;
}

ErrorClass classify_text(std::string_view line) {
  for (const TextMeaning& meaning : text_meanings) {
    if (contains(line, meaning.words) && contains(line, meaning.words_too)) return meaning.error;
  }
  return ErrorClass::unclassified;
}

std::optional<ErrorClass> class_named(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(class_facts.begin(), class_facts.end(), [&](const ClassFacts& facts) { return facts.name == name; });
  if (found == class_facts.end()) return std::nullopt;
  return static_cast<ErrorClass>(found - class_facts.begin());
}

std::string_view name_of(ErrorClass error) noexcept { return class_facts[static_cast<std::size_t>(error)].name; }

std::optional<ErrorClass> most_frequent(const ErrorCounts& counts) noexcept {
  // max_element returns the first of equals, which is imapsync's order of names.
  const auto* const most = std::max_element(counts.begin(), counts.end());
  if (*most == 0) return std::nullopt;
  return static_cast<ErrorClass>(most - counts.begin());
}

int exit_code(ErrorClass error) noexcept { return class_facts[static_cast<std::size_t>(error)].exit_code; }

int exit_code(const core::Failure& failure, std::optional<sync::Side> side) noexcept {
  return exit_code(classify(failure.fault, side));
}

int exit_code(const RunTally& tally) {
  if (tally.is_complete()) return 0;
  const bool was_cut_short =
      tally.stop_signal() && (tally.accounts_in(AccountState::waiting) > 0 || !tally.in_work().empty());
  const std::size_t at_limits = tally.accounts_at(run::Limit::errors) + tally.accounts_at(run::Limit::transfer);
  if (was_cut_short || tally.accounts_in(AccountState::stopped) > at_limits) {
    return tally.was_stopped_by_file() ? by_file : ended_by_signal;
  }
  if (tally.accounts_at(run::Limit::transfer) > 0 && tally.accounts_in(AccountState::failed) == 0) {
    return transfer_exceeded;
  }
  if (const auto error = most_frequent(tally.errors())) return exit_code(*error);
  return with_errors;
}

std::string_view describe(int exit_code) noexcept {
  const auto* const found = std::find_if(code_facts.begin(), code_facts.end(),
                                         [&](const CodeFacts& facts) { return facts.exit_code == exit_code; });
  return found == code_facts.end() ? "EXIT_UNKNOWN" : found->description;
}

std::string_view name_of(int exit_code) noexcept {
  const std::string_view description = describe(exit_code);
  return description.substr(0, description.find(':'));
}

}  // namespace imapferry::report
