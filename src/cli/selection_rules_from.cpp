#include "cli/rules_from.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::cli {

namespace {

/// The words of a SEARCH are sent as they are: they must neither end the command nor announce a literal.
core::Result<std::string> criteria_from(const ParsedOptions& options, std::string_view side) {
  std::string name = fmt::format("search{}", side);
  if (!options.has(name)) name = "search";
  std::string criteria = options.text(name).value_or("");
  const bool has_control = std::any_of(criteria.begin(), criteria.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  const auto problem = [&](std::string_view what) {
    return core::Failure{core::Fault::usage, fmt::format("--{} {}", name, what), {}};
  };
  if (has_control) return problem("holds a line end or another control character");
  if (criteria.ends_with('}')) return problem("ends with }, which would announce a literal");
  return criteria;
}

std::optional<std::uint64_t> bytes_from(const ParsedOptions& options, std::string_view name) {
  const auto number = options.integer(name);
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

}  // namespace

core::Result<config::SelectionRules> selection_rules_from(const ParsedOptions& options) {
  config::SelectionRules rules;
  auto criteria1 = criteria_from(options, "1");
  if (!criteria1) return criteria1.error();
  auto criteria2 = criteria_from(options, "2");
  if (!criteria2) return criteria2.error();
  const bool by_search = options.flag("abletosearch").value_or(true);
  rules.source = {std::move(*criteria1), options.flag("abletosearch1").value_or(by_search)};
  rules.destination = {std::move(*criteria2), options.flag("abletosearch2").value_or(by_search)};
  rules.max_age = options.number("maxage");
  rules.min_age = options.number("minage");
  rules.max_size = bytes_from(options, "maxsize");
  rules.min_size = bytes_from(options, "minsize");
  rules.append_limit = bytes_from(options, "appendlimit");
  rules.dates_from_header = options.flag("idatefromheader").value_or(false);
  rules.leaves_dates = !options.flag("syncinternaldates").value_or(true) && !rules.dates_from_header;
  rules.copy_duplicates = options.flag("syncduplicates").value_or(false);
  rules.skip_cross_duplicates = options.flag("skipcrossduplicates").value_or(false);
  return rules;
}

}  // namespace imapferry::cli
