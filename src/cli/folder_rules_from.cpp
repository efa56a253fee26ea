#include "cli/rules_from.hpp"
#include "regex/substitution.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace imapferry::cli {

namespace {

core::Failure usage(std::string message) { return core::Failure{core::Fault::usage, std::move(message), {}}; }

core::Result<void> take_separator(const ParsedOptions& options, std::string_view name, std::optional<char>& place) {
  const std::optional<std::string> given = options.text(name);
  if (!given) return {};
  const bool is_one_character = given->size() == 1 && given->front() > ' ' && given->front() < '\x7F';
  if (!is_one_character) {
    return usage(fmt::format("--{}: expected one character, saw \"{}\"", name, core::printable(*given, 80)));
  }
  place = given->front();
  return {};
}

/// Names are cut at the first "=", as imapsync does it.
core::Result<void> take_renamed(const ParsedOptions& options, config::FolderRules& rules) {
  for (const std::string& given : options.list("f1f2")) {
    const std::size_t cut = given.find('=');
    if (cut == std::string::npos || cut == 0 || cut + 1 == given.size()) {
      return usage(
          fmt::format("--f1f2: expected SOURCE FOLDER=DESTINATION FOLDER, saw \"{}\"", core::printable(given, 200)));
    }
    rules.renamed.emplace_back(given.substr(0, cut), given.substr(cut + 1));
  }
  for (auto& [from, to] : options.pairs("f1f2h")) {
    if (from.empty() || to.empty()) {
      return usage(fmt::format("--f1f2h: expected SOURCE FOLDER=DESTINATION FOLDER, saw \"{}={}\"",
                               core::printable(from, 200), core::printable(to, 200)));
    }
    rules.renamed.emplace_back(from, to);
  }
  return {};
}

/// A bad expression ends the run before it begins; what the variables hold is known only when the servers are.
core::Result<void> take_changes(const ParsedOptions& options, config::FolderRules& rules) {
  const regex::Variables variables = {{"h1_prefix", ""}, {"h1_sep", "/"}, {"h2_prefix", ""}, {"h2_sep", "/"}};
  rules.changes = options.list("regextrans2");
  for (const std::string& expression : rules.changes) {
    const core::Result<regex::Substitution> change = regex::Substitution::parse(expression, variables);
    if (!change) return change.error().within("--regextrans2");
  }
  return {};
}

core::Result<void> take_roots(const ParsedOptions& options, config::FolderRules& rules) {
  for (const std::string_view name : {std::string_view("subfolder1"), std::string_view("subfolder2")}) {
    const std::optional<std::string> given = options.text(name);
    if (given && given->find_first_not_of(' ') == std::string::npos) return usage(fmt::format("--{} is empty", name));
    (name == "subfolder1" ? rules.source_root : rules.destination_root) = given.value_or("");
  }
  return {};
}

}  // namespace

core::Result<config::FolderRules> folder_rules_from(const ParsedOptions& options) {
  config::FolderRules rules;
  rules.names = options.list("folder");
  rules.recursive = options.list("folderrec");
  rules.only_subscribed = options.flag("subscribed").value_or(false);
  rules.include = options.list("include");
  rules.exclude = options.list("exclude");
  rules.first = options.list("folderfirst");
  rules.last = options.list("folderlast");
  rules.skip_empty = options.flag("skipemptyfolders").value_or(false);
  rules.source_prefix = options.text("prefix1");
  rules.destination_prefix = options.text("prefix2");
  if (auto done = take_separator(options, "sep1", rules.source_separator); !done) return done.error();
  if (auto done = take_separator(options, "sep2", rules.destination_separator); !done) return done.error();
  if (auto done = take_roots(options, rules); !done) return done.error();
  if (auto done = take_renamed(options, rules); !done) return done.error();
  rules.fix_slash = options.flag("fixslash2").value_or(true);
  if (auto done = take_changes(options, rules); !done) return done.error();
  // As in imapsync: a branch that goes elsewhere is not what a server's special folders are for.
  const bool is_moved = !rules.source_root.empty() || !rules.destination_root.empty();
  rules.automap = options.flag("automap").value_or(options.flag("justautomap").value_or(false)) && !is_moved;
  rules.automap_children = !options.flag("automapflat").value_or(false);
  rules.mix_cases = options.flag("mixfolders").value_or(true);
  rules.subscribe = options.flag("subscribe").value_or(true);
  rules.subscribe_all = options.flag("subscribeall").value_or(false);
  rules.copy_rights = options.flag("syncacls").value_or(false);
  return rules;
}

}  // namespace imapferry::cli
