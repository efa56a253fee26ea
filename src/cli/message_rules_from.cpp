#include "cli/rules_from.hpp"
#include "regex/predicate.hpp"
#include "regex/substitution.hpp"

#include <fmt/format.h>

namespace imapferry::cli {

namespace {

/// What an expression may name; the values differ from mailbox to mailbox.
const regex::Variables variables = {{"user1", ""}, {"user2", ""}, {"h1_current_folder", ""}, {"h2_current_folder", ""}};

/// The expressions of an option, each of which can be used.
template <class Expression>
core::Result<std::vector<std::string>> expressions_of(const ParsedOptions& options, std::string_view name) {
  std::vector<std::string> texts = options.list(name);
  for (const std::string& text : texts) {
    const core::Result<Expression> parsed = Expression::parse(text, variables);
    if (!parsed) return parsed.error().within(fmt::format("--{}", name));
  }
  return texts;
}

std::optional<std::uint64_t> bytes_of(const ParsedOptions& options, std::string_view name) {
  const std::optional<std::int64_t> number = options.integer(name);
  if (!number) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

core::Failure empty_command(std::string_view option) {
  return {core::Fault::usage, fmt::format("--{} is empty: which command?", option), {}};
}

}  // namespace

core::Result<config::MessageRules> message_rules_from(const ParsedOptions& options) {
  config::MessageRules rules;
  auto skip = expressions_of<regex::Predicate>(options, "skipmess");
  if (!skip) return skip.error();
  rules.skip = std::move(*skip);
  auto substitutions = expressions_of<regex::Substitution>(options, "regexmess");
  if (!substitutions) return substitutions.error();
  rules.substitutions = std::move(*substitutions);
  rules.commands = options.list("pipemess");
  for (const std::string& command : rules.commands) {
    if (command.empty()) return empty_command("pipemess");
  }
  rules.check_commands = options.flag("pipemesscheck").value_or(true);
  rules.command_time = std::chrono::seconds(options.integer("pipetimeout").value_or(rules.command_time.count()));
  rules.disarm_read_receipts = options.flag("disarmreadreceipts").value_or(false);
  rules.add_id = options.flag("addheader").value_or(false);
  rules.truncate_at = bytes_of(options, "truncmess");
  rules.longest_line = bytes_of(options, "maxlinelength");
  rules.least_long_line = bytes_of(options, "minmaxlinelength");
  rules.long_line_command = options.text("maxlinelengthcmd").value_or("");
  if (options.has("maxlinelengthcmd")) {
    if (rules.long_line_command.empty()) return empty_command("maxlinelengthcmd");
    if (!rules.longest_line) {
      return core::Failure{
          core::Fault::usage, "--maxlinelengthcmd goes with --maxlinelength: how long is too long?", {}};
    }
  }
  return rules;
}

}  // namespace imapferry::cli
