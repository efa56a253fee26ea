#include "report/words.hpp"

#include "core/failure.hpp"
#include "report/format.hpp"

#include <fmt/format.h>

namespace imapferry::report {

namespace {
constexpr std::size_t subject_limit = 80;
constexpr std::size_t criteria_limit = 2000;
}


std::string pair_name(std::string_view source, std::string_view destination) {
  if (source == destination || destination.empty()) return core::printable(source);
  return fmt::format("{} -> {}", core::printable(source), core::printable(destination));
}

std::string describe(const core::Failure& failure, std::optional<sync::Side> side) {
  // The message is ours, yet names that it quotes are not. The server's words were escaped once: nothing is left to
  // escape.
  const std::string text = core::printable(failure.describe(), 2000);
  return side ? fmt::format("{}: {}", name_of(*side), text) : text;
}

std::string describe(const sync::MessagesSelected& selected) {
  std::string text;
  if (!selected.search.empty()) text = "found by SEARCH " + core::printable(selected.search, criteria_limit);
  if (selected.searches_ages) text += " (ages by the Date header, days in UTC)";
  if (selected.arrival.empty()) return text;
  return fmt::format("{}{}that arrived {} (ages by INTERNALDATE)", text, text.empty() ? "" : ", ", selected.arrival);
}

std::string describe(const sync::MessageRefused& refused) {
  const std::string subject =
      refused.subject.empty() ? "no subject" : fmt::format("\"{}\"", core::printable(refused.subject, subject_limit));
  return fmt::format("{} uid {}, {}, {}: {}", pair_name(refused.source, refused.destination), refused.uid,
                     format_bytes(refused.size), subject, describe(refused.failure, std::nullopt));
}

}  // namespace imapferry::report
