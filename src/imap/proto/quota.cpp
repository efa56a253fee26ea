#include "imap/proto/quota.hpp"

#include "imap/proto/flags.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace imapferry::imap::proto {

namespace {

// Everything that is larger is as good as no limit, and its bytes would not be countable.
constexpr std::uint64_t most_units = std::uint64_t{1} << 50;
constexpr std::uint64_t unit = 1024;

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> units_in(std::string_view word) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc() || read.ptr != word.data() + word.size() || number > most_units) return std::nullopt;
  return number;
}

}  // namespace

StorageQuota storage_quota_in(std::string_view text) {
  // The name of the quota root may hold parentheses; the list of resources does not.
  const std::size_t begin = text.rfind('(');
  const std::size_t end = text.rfind(')');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  std::string_view list = text.substr(begin + 1, end - begin - 1);
  while (true) {
    const std::string_view resource = next_word(list);
    const auto used = units_in(next_word(list));
    const auto limit = units_in(next_word(list));
    if (resource.empty() || !used || !limit) return {};
    if (equals_ignoring_case(resource, "STORAGE")) return StorageQuota{*used * unit, *limit * unit};
  }
}

}  // namespace imapferry::imap::proto
