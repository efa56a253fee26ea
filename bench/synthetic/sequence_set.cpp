#include "sequence_set.hpp"

#include "text.hpp"

namespace imapferry::bench::synthetic {

namespace {

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_end(std::string_view& text, std::uint32_t largest, std::uint32_t& value) {
  if (take(text, '*')) {
    value = largest;
    return true;
  }
  value = take_number(text);
  return value > 0;
}

}  // namespace

std::optional<imap::proto::UidSet> parse_sequence_set(std::string_view text, std::uint32_t largest) {
  imap::proto::UidSet set;
  do {
    std::uint32_t first = 0;
    if (!take_end(text, largest, first)) return std::nullopt;
    std::uint32_t last = first;
    if (take(text, ':') && !take_end(text, largest, last)) return std::nullopt;
    set.add(first, last);
  } while (take(text, ','));
  if (!text.empty()) return std::nullopt;
  return set;
}

}  // namespace imapferry::bench::synthetic
