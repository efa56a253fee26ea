#include "cli/option_values.hpp"

#include "cli/parse.hpp"
#include "cli/words.hpp"
#include "core/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace imapferry::cli {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits and underscores from the front of `text` and adds the digits to `digits`; how many characters it took.
std::size_t take_digits(std::string_view& text, std::string& digits) {
  std::size_t taken = 0;
  while (taken < text.size() && (is_digit(text[taken]) || text[taken] == '_')) {
    if (text[taken] != '_') digits += text[taken];
    ++taken;
  }
  text.remove_prefix(taken);
  return taken;
}

/// Takes a sign from the front; a '+' is dropped, because from_chars knows none.
void take_sign(std::string_view& text, std::string& digits) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return;
  if (text.front() == '-') digits += '-';
  text.remove_prefix(1);
}

template <class Number>
std::optional<Number> whole(const std::string& digits) {
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string in_words(double bound, Kind kind) {
  constexpr double kib = 1024;
  if (kind == Kind::size && bound >= kib * kib * kib) return fmt::format("{}G", bound / (kib * kib * kib));
  if (kind == Kind::size && bound >= kib * kib) return fmt::format("{}M", bound / (kib * kib));
  if (kind == Kind::size && bound >= kib) return fmt::format("{}K", bound / kib);
  return fmt::format("{}", bound);
}

std::string_view expected(Kind kind) {
  switch (kind) {
  case Kind::integer: return "a whole number";
  case Kind::number: return "a number";
  case Kind::size: return "a size like 65536, 512K, 64M or 2G";
  case Kind::pairs: return "key=value";
  case Kind::choice: return "one of its words";
  case Kind::flag:
  case Kind::action:
  case Kind::text:
  case Kind::list: return "a text";
  }
  return "";
}

/// The value as a number, for the kinds that are one.
std::optional<double> numeric(Kind kind, std::string_view value) {
  if (kind == Kind::number) return parse_number(value);
  if (kind == Kind::size) {
    const auto bytes = parse_size(value);
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
  }
  const auto integer = parse_integer(value);
  return integer ? std::optional(static_cast<double>(*integer)) : std::nullopt;
}

std::string mismatch(const Option& option, std::string_view what, std::string_view value) {
  if (option.is_secret) return fmt::format("--{}: expected {}", option.name(), what);
  return fmt::format("--{}: expected {}, saw \"{}\"", option.name(), what, core::printable(value, 80));
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::string digits;
  take_sign(text, digits);
  if (take_digits(text, digits) == 0 || !text.empty()) return std::nullopt;
  return whole<std::int64_t>(digits);
}

std::optional<double> parse_number(std::string_view text) {
  std::string digits;
  take_sign(text, digits);
  const bool begins_well =
      !text.empty() && (is_digit(text[0]) || (text[0] == '.' && text.size() > 1 && is_digit(text[1])));
  if (!begins_well) return std::nullopt;
  take_digits(text, digits);
  if (text.starts_with('.')) {
    digits += '.';
    text.remove_prefix(1);
    if (take_digits(text, digits) == 0) return std::nullopt;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    digits += 'e';
    text.remove_prefix(1);
    take_sign(text, digits);
    if (take_digits(text, digits) == 0) return std::nullopt;
  }
  return text.empty() ? whole<double>(digits) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::string unit = lower(text);
  unit.erase(0, std::min(unit.find_first_not_of("0123456789."), unit.size()));
  const auto amount = parse_number(text.substr(0, text.size() - unit.size()));
  if (unit.ends_with('b')) unit.pop_back();
  if (unit.size() == 2 && unit[1] == 'i') unit.pop_back();
  const std::size_t power = unit.empty() ? 0 : unit == "k" ? 1 : unit == "m" ? 2 : unit == "g" ? 3 : 4;
  if (!amount || power > 3) return std::nullopt;
  constexpr double largest = 1e15;
  const double bytes = *amount * static_cast<double>(std::uint64_t{1} << (10 * power));
  if (bytes > largest) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::optional<std::string> check_value(const Option& option, std::string_view value) {
  switch (option.kind) {
  case Kind::flag:
  case Kind::action:
  case Kind::text:
  case Kind::list: return std::nullopt;
  case Kind::pairs:
    if (value.find('=') == std::string_view::npos) return mismatch(option, expected(option.kind), value);
    return std::nullopt;
  case Kind::choice: {
    const auto words = split(option.words, '|');
    if (std::find(words.begin(), words.end(), lower(value)) != words.end()) return std::nullopt;
    std::string list;
    for (const std::string_view word : words)
      list += (list.empty() ? "" : word == words.back() ? " or " : ", ") + std::string(word);
    return mismatch(option, list, value);
  }
  case Kind::integer:
  case Kind::number:
  case Kind::size: break;
  }
  const auto amount = numeric(option.kind, value);
  if (!amount) return mismatch(option, expected(option.kind), value);
  if (*amount >= option.minimum && *amount <= option.maximum) return std::nullopt;
  const std::string range = fmt::format("{} between {} and {}", expected(option.kind),
                                        in_words(option.minimum, option.kind), in_words(option.maximum, option.kind));
  return mismatch(option, range, value);
}

}  // namespace imapferry::cli
