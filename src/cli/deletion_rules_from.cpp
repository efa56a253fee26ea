#include "cli/option_values.hpp"
#include "cli/rules_from.hpp"
#include "regex/predicate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace imapferry::cli {

namespace {

using How = config::DeletionRules::How;

/// "100", or "50%".
core::Result<config::DeletionLimit> limit_from(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  const auto number = parse_integer(is_percent ? text.substr(0, text.size() - 1) : text);
  const bool is_valid = number && *number >= 0 && (!is_percent || *number <= 100);
  if (!is_valid) {
    return core::Failure{core::Fault::usage,
                         fmt::format("--maxdelete: expected a number of messages or a percentage like 50%, saw \"{}\"",
                                     core::printable(text, 40)),
                         {}};
  }
  // Nought per cent and no message are the same.
  if (is_percent) return config::DeletionLimit{0, static_cast<unsigned>(*number)};
  return config::DeletionLimit{static_cast<std::uint64_t>(*number), 0};
}

How how(bool is_wanted, bool expunges) {
  if (!is_wanted) return How::never;
  return expunges ? How::expunge : How::mark;
}

/// A match, or a bare word, which is the pattern then.
std::string as_match(std::string text) {
  const bool is_bare = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  return is_bare ? "/" + text + "/" : text;
}

/// A bad expression ends the run before it begins.
core::Result<void> take_match(const ParsedOptions& options, std::string_view name, std::string& place) {
  place = as_match(options.text(name).value_or(""));
  if (!options.has(name)) return {};
  const core::Result<regex::Predicate> match = regex::Predicate::parse(place);
  if (!match) return match.error().within("--" + std::string(name));
  return {};
}

}  // namespace

core::Result<config::DeletionRules> deletion_rules_from(const ParsedOptions& options) {
  config::DeletionRules rules;
  const bool delete1 = options.flag("delete1").value_or(false);
  const bool delete2 = options.flag("delete2").value_or(false);
  if (delete1 && delete2) {
    return core::Failure{core::Fault::usage,
                         "--delete1 and --delete2 exclude each other: what a run has moved away from the source, the "
                         "next one would delete on the destination",
                         {}};
  }
  rules.source = how(delete1, options.flag("expunge1").value_or(true));
  const bool expunges2 = options.flag("uidexpunge2").value_or(true);
  rules.destination = how(delete2, expunges2);
  const bool keeps_duplicates = options.flag("syncduplicates") == true || options.flag("useuid") == true;
  const bool duplicates = options.flag("delete2duplicates").value_or(delete2 && !keeps_duplicates);
  rules.destination_duplicates = how(duplicates, expunges2);
  rules.expunge_source = options.flag("expunge1").value_or(false);
  if (options.flag("dry1") == true) {
    rules.source = How::never;
    rules.expunge_source = false;
  }
  rules.expunge_destination = options.flag("expunge2").value_or(false);
  if (const auto text = options.text("maxdelete")) {
    auto limit = limit_from(*text);
    if (!limit) return limit.error();
    rules.most = *limit;
  }
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
