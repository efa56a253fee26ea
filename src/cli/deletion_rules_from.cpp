#include "cli/rules_from.hpp"
#include "regex/predicate.hpp"

#include <string>
#include <string_view>

namespace imapferry::cli {

namespace {

/// A bad expression ends the run before it begins.
core::Result<void> take_match(const ParsedOptions& options, std::string_view name, std::string& place) {
  place = options.text(name).value_or("");
  if (!options.has(name)) return {};
  const core::Result<regex::Predicate> match = regex::Predicate::parse(place);
  if (!match) return match.error().within("--" + std::string(name));
  return {};
}

}  // namespace

core::Result<config::DeletionRules> deletion_rules_from(const ParsedOptions& options) {
  config::DeletionRules rules;
  if (auto done = take_match(options, "delete2foldersonly", rules.destination_folders_only); !done) return done.error();
  if (auto done = take_match(options, "delete2foldersbutnot", rules.destination_folders_but_not); !done) {
    return done.error();
  }
  const bool is_limited = !rules.destination_folders_only.empty() || !rules.destination_folders_but_not.empty();
  rules.destination_folders = options.flag("delete2folders").value_or(is_limited);
  rules.empty_source_folders = options.flag("delete1emptyfolders").value_or(false);
  rules.copy_deleted = options.flag("copydeleted2").value_or(true);
  return rules;
}

}  // namespace imapferry::cli
