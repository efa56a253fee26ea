#include "cli/option_values.hpp"
#include "cli/parse.hpp"
#include "cli/words.hpp"

#include <algorithm>
#include <stdexcept>

namespace imapferry::cli {

namespace {

const Option& known(std::string_view name) {
  const Option* option = find_option(name);
  if (option == nullptr) throw std::logic_error("no such option: " + std::string(name));
  return *option;
}

}  // namespace

const GivenOption* ParsedOptions::last(std::string_view name) const {
  const Option& wanted = known(name);
  const auto found =
      std::find_if(given_.rbegin(), given_.rend(), [&](const GivenOption& given) { return given.option == &wanted; });
  return found == given_.rend() ? nullptr : &*found;
}

bool ParsedOptions::has(std::string_view name) const { return last(name) != nullptr; }

std::optional<bool> ParsedOptions::flag(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? std::optional(given->is_on) : std::nullopt;
}

std::optional<std::string> ParsedOptions::text(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? std::optional(given->value) : std::nullopt;
}

std::optional<core::Secret> ParsedOptions::secret(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? std::optional(given->secret) : std::nullopt;
}

std::optional<std::int64_t> ParsedOptions::integer(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? parse_integer(given->value) : std::nullopt;
}

std::optional<double> ParsedOptions::number(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? parse_number(given->value) : std::nullopt;
}

std::optional<std::uint64_t> ParsedOptions::size(std::string_view name) const {
  const GivenOption* given = last(name);
  return given != nullptr ? parse_size(given->value) : std::nullopt;
}

std::vector<std::string> ParsedOptions::list(std::string_view name) const {
  const Option& wanted = known(name);
  std::vector<std::string> values;
  for (const GivenOption& given : given_) {
    if (given.option == &wanted) values.push_back(given.value);
  }
  return values;
}

std::vector<std::pair<std::string, std::string>> ParsedOptions::pairs(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& value : list(name)) {
    const auto equals = std::min(value.find('='), value.size());
    const std::string key = value.substr(0, equals);
    const std::string rest = equals < value.size() ? value.substr(equals + 1) : std::string();
    const auto same = std::find_if(result.begin(), result.end(), [&](const auto& pair) { return pair.first == key; });
    if (same != result.end()) {
      same->second = rest;
    } else {
      result.emplace_back(key, rest);
    }
  }
  return result;
}

}  // namespace imapferry::cli
