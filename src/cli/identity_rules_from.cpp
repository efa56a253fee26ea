#include "cli/rules_from.hpp"
#include "cli/words.hpp"
#include "regex/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace imapferry::cli {

namespace {

/// RFC 5322 section 2.2, without what would need quoting in a command.
bool is_field_name(std::string_view name) {
  constexpr std::string_view special = "(){}%*\"\\]:";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return c > ' ' && c < '\x7f' && special.find(c) == std::string_view::npos;
  });
}

}  // namespace

core::Result<config::IdentityRules> identity_rules_from(const ParsedOptions& options) {
  config::IdentityRules rules;
  for (const std::string& name : options.list("useheader")) {
    if (lower(name) == "all") {
      rules.all_fields = true;
    } else if (is_field_name(name)) {
      rules.fields.push_back(name);
    } else {
      return core::Failure{core::Fault::usage,
                           fmt::format("--useheader: \"{}\" is no name of a header field", core::printable(name, 80)),
                           {}};
    }
  }
  rules.skipped = options.text("skipheader").value_or("");
  regex::Modifiers modifiers;
  modifiers.ignore_case = modifiers.extended = true;
  const auto pattern = regex::Pattern::compile(rules.skipped, regex::Alphabet::bytes, modifiers);
  if (!pattern) return pattern.error().within("--skipheader");
  rules.message_id_with_domain = !options.flag("messageidnodomain").value_or(false);
  return rules;
}

}  // namespace imapferry::cli
