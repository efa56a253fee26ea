#include "sync/mailbox/folder_deletion.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "regex/predicate.hpp"
#include "sync/mailbox/folded_name.hpp"
#include "sync/mailbox/mailbox_selection.hpp"
#include "sync/mailbox/name_mapping.hpp"
#include "sync/mailbox/name_pattern.hpp"
#include "sync/mailbox/special_use.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace imapferry::sync {

using imap::proto::is_inbox;

namespace {

std::size_t depth_of(std::string_view name, char delimiter) {
  return delimiter == '\0' ? 0 : static_cast<std::size_t>(std::count(name.begin(), name.end(), delimiter));
}

void sort_outermost_last(std::vector<ListedMailbox>& mailboxes, char delimiter) {
  std::stable_sort(mailboxes.begin(), mailboxes.end(), [&](const ListedMailbox& a, const ListedMailbox& b) {
    return depth_of(a.name, delimiter) > depth_of(b.name, delimiter);
  });
}

/// Calls `take` with every level above a name.
template <class Take>
void for_each_level(std::string_view name, char delimiter, Take take) {
  if (delimiter == '\0') return;
  for (std::size_t end = name.find(delimiter); end != std::string_view::npos; end = name.find(delimiter, end + 1)) {
    take(name.substr(0, end));
  }
}

/// Whether the name space with the longest prefix that a name has is the user's own.
bool is_personal(std::string_view name, const SideNames& side) {
  if (is_inbox(name) || side.personal_prefixes.empty()) return true;
  const auto longest = [&](const std::vector<std::string>& prefixes) {
    std::optional<std::size_t> length;
    for (const std::string& prefix : prefixes) {
      const bool is_inside = without_prefix(name, NameSpace{prefix, '\0'}).size() + prefix.size() == name.size();
      if (is_inside && prefix.size() >= length.value_or(0)) length = prefix.size();
    }
    return length;
  };
  const std::optional<std::size_t> own = longest(side.personal_prefixes);
  return own.has_value() && own >= longest(side.foreign_prefixes);
}

/// The part of the destination that a limited run is about.
class Scope {
 public:
  static core::Result<Scope> of(const SideNames& source, const SideNames& destination,
                                const config::FolderRules& rules) {
    Scope scope;
    scope.delimiter_ = destination.name_space.delimiter;
    scope.is_limited_ = is_limited(rules);
    const std::string root = root_of(rules.destination_root, destination.name_space);
    if (!root.empty()) scope.root_ = destination.name_space.prefix + root;
    core::Result<NameMapping> mapping = NameMapping::make(source, destination, rules);
    if (!mapping) return mapping.error();
    for (const std::string& name : rules.recursive) {
      ListedMailbox branch;
      branch.wire = name;
      branch.name = as_utf8(name);
      core::Result<MappedName> mapped = mapping->map(branch);
      if (!mapped) return mapped.error();
      scope.branches_.push_back(std::move(mapped->name));
    }
    core::Result<NamePatterns> include = NamePatterns::compile("--include", rules.include);
    if (!include) return include.error();
    scope.include_.emplace(std::move(*include));
    core::Result<NamePatterns> exclude = NamePatterns::compile("--exclude", rules.exclude);
    if (!exclude) return exclude.error();
    scope.exclude_.emplace(std::move(*exclude));
    return scope;
  }

  core::Result<bool> holds(const ListedMailbox& mailbox) const {
    if (!root_.empty() && !is_below(mailbox.name, root_, delimiter_)) return false;
    core::Result<bool> is_excluded = exclude_->any_matches(mailbox.name, mailbox.wire);
    if (!is_excluded) return is_excluded;
    if (*is_excluded) return false;
    if (!is_limited_) return true;
    for (const std::string& branch : branches_) {
      if (is_below(mailbox.name, branch, delimiter_)) return true;
    }
    return include_->any_matches(mailbox.name, mailbox.wire);
  }

 private:
  char delimiter_ = '\0';
  bool is_limited_ = false;
  std::string root_;
  std::vector<std::string> branches_;
  std::optional<NamePatterns> include_;
  std::optional<NamePatterns> exclude_;
};

core::Result<std::optional<regex::Predicate>> match_of(std::string_view option, const std::string& expression) {
  std::optional<regex::Predicate> match;
  if (expression.empty()) return match;
  core::Result<regex::Predicate> parsed = regex::Predicate::parse(expression);
  if (!parsed) return parsed.error().within(option);
  match.emplace(std::move(*parsed));
  return match;
}

/// In either form of the name.
core::Result<bool> matches(const regex::Predicate& match, const ListedMailbox& mailbox) {
  core::Result<bool> found = match.matches(mailbox.name);
  if (found && !*found && mailbox.wire != mailbox.name) found = match.matches(mailbox.wire);
  return found;
}

}  // namespace

core::Result<std::vector<ListedMailbox>> superfluous_mailboxes(const SideNames& source, const SideNames& destination,
                                                               const MailboxMap& map,
                                                               const config::FolderRules& folders,
                                                               const config::DeletionRules& deletion) {
  std::vector<ListedMailbox> superfluous;
  const bool has_source = std::any_of(source.mailboxes.begin(), source.mailboxes.end(),
                                      [](const ListedMailbox& mailbox) { return mailbox.can_select(); });
  if (!has_source) return superfluous;
  const core::Result<Scope> scope = Scope::of(source, destination, folders);
  if (!scope) return scope.error();
  const core::Result<std::optional<regex::Predicate>> only =
      match_of("--delete2foldersonly", deletion.destination_folders_only);
  if (!only) return only.error();
  const core::Result<std::optional<regex::Predicate>> but_not =
      match_of("--delete2foldersbutnot", deletion.destination_folders_but_not);
  if (!but_not) return but_not.error();

  const char delimiter = destination.name_space.delimiter;
  std::set<std::string> spoken_for;
  for (const std::string& name : map.spoken_for) {
    const std::string key = fold_accents(name);
    for_each_level(key, delimiter, [&](std::string_view level) { spoken_for.emplace(level); });
    spoken_for.insert(key);
  }
  for (const ListedMailbox& mailbox : destination.mailboxes) {
    const bool is_real = (mailbox.attributes & imap::proto::list_nonexistent) == 0;
    const bool stays = is_inbox(mailbox.name) || !is_real || !regular_special_use(mailbox.special_use).empty() ||
                       spoken_for.contains(fold_accents(mailbox.name)) || !is_personal(mailbox.name, destination);
    if (stays) continue;
    const core::Result<bool> is_in_scope = scope->holds(mailbox);
    if (!is_in_scope) return is_in_scope.error();
    if (!*is_in_scope) continue;
    const core::Result<bool> is_wanted = *only ? matches(**only, mailbox) : true;
    if (!is_wanted) return is_wanted.error();
    const core::Result<bool> is_spared = *but_not ? matches(**but_not, mailbox) : false;
    if (!is_spared) return is_spared.error();
    if (*is_wanted && !*is_spared) superfluous.push_back(mailbox);
  }
  sort_outermost_last(superfluous, delimiter);
  return superfluous;
}

std::vector<ListedMailbox> deletable_when_empty(const MailboxMap& map) {
  std::vector<ListedMailbox> deletable;
  const auto add = [&](const ListedMailbox& mailbox) {
    if (is_inbox(mailbox.name) || !regular_special_use(mailbox.special_use).empty()) return;
    deletable.push_back(mailbox);
  };
  for (const MailboxPair& pair : map.pairs) add(pair.source);
  for (const ListedMailbox& mailbox : map.empty) add(mailbox);
  return deletable;
}

DeletionOrder::DeletionOrder(const SideNames& all, std::vector<ListedMailbox> deletable)
    : delimiter_(all.name_space.delimiter), deletable_(std::move(deletable)) {
  sort_outermost_last(deletable_, delimiter_);
  std::reverse(deletable_.begin(), deletable_.end());
  std::set<std::string_view> names;
  for (const ListedMailbox& mailbox : deletable_) names.insert(mailbox.wire);
  for (const ListedMailbox& mailbox : all.mailboxes) {
    // A name that is no mailbox is there for those below it, which speak for themselves.
    const bool is_real = (mailbox.attributes & imap::proto::list_nonexistent) == 0;
    if (is_real && !names.contains(mailbox.wire)) stays(mailbox.name);
  }
}

void DeletionOrder::stays(const ListedMailbox& mailbox) { stays(mailbox.name); }

void DeletionOrder::stays(const std::string& name) {
  for_each_level(name, delimiter_, [this](std::string_view level) { kept_levels_.emplace(level); });
}

std::vector<ListedMailbox> DeletionOrder::next() {
  std::vector<ListedMailbox> level;
  while (level.empty() && !deletable_.empty()) {
    const std::size_t depth = depth_of(deletable_.back().name, delimiter_);
    while (!deletable_.empty() && depth_of(deletable_.back().name, delimiter_) == depth) {
      if (!kept_levels_.contains(deletable_.back().name)) level.push_back(std::move(deletable_.back()));
      deletable_.pop_back();
    }
  }
  return level;
}

}  // namespace imapferry::sync
