#include "sync/mailbox/mailbox_selection.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/name_pattern.hpp"
#include "sync/mailbox/name_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace imapferry::sync {

namespace {

using imap::proto::is_inbox;

enum class Reach { itself, with_children };

/// Marks the mailboxes that one --folder or --folderrec means; false when there are none.
template <class Spelling>
bool mark_spelled(const SideNames& source, std::string_view given, Reach reach, Spelling spelling,
                  std::vector<bool>& marks) {
  bool is_found = false;
  for (std::size_t i = 0; i < source.mailboxes.size(); ++i) {
    const std::string_view name = spelling(source.mailboxes[i]);
    const bool is_child = reach == Reach::with_children && is_below(name, given, source.name_space.delimiter);
    if (!is_child && !is_same_name(name, given)) continue;
    marks[i] = true;
    is_found = true;
  }
  return is_found;
}

bool mark_named(const SideNames& source, std::string_view given, Reach reach, std::vector<bool>& marks) {
  const auto by_wire = [](const ListedMailbox& mailbox) { return std::string_view(mailbox.wire); };
  const auto by_name = [](const ListedMailbox& mailbox) { return std::string_view(mailbox.name); };
  if (mark_spelled(source, given, reach, by_wire, marks) || mark_spelled(source, given, reach, by_name, marks))
    return true;
  // A server that lists raw UTF-8 to a user who writes modified UTF-7.
  const std::optional<std::string> decoded = imap::proto::from_modified_utf7(given);
  return decoded && mark_spelled(source, *decoded, reach, by_name, marks);
}

MailboxProblem unknown_folder(std::string_view option, const std::string& name) {
  return {as_utf8(name), {}, fmt::format("the source has no such mailbox ({})", option), core::Fault::select};
}

/// A name that the source does not have costs the others nothing: not every account of a migration has every folder.
void mark_all_named(const SideNames& source, const config::FolderRules& rules, std::vector<bool>& marks,
                    std::vector<MailboxProblem>& problems) {
  for (const std::string& name : rules.names) {
    if (!mark_named(source, name, Reach::itself, marks)) problems.push_back(unknown_folder("--folder", name));
  }
  for (const std::string& name : rules.recursive) {
    if (!mark_named(source, name, Reach::with_children, marks)) problems.push_back(unknown_folder("--folderrec", name));
  }
  for (std::size_t i = 0; rules.only_subscribed && i < marks.size(); ++i) {
    if (source.mailboxes[i].is_subscribed) marks[i] = true;
  }
}

core::Result<std::vector<bool>> marks_of_rules(const SideNames& source, const config::FolderRules& rules,
                                               std::vector<MailboxProblem>& problems) {
  std::vector<bool> marks(source.mailboxes.size(), !is_limited(rules));
  mark_all_named(source, rules, marks, problems);
  const core::Result<NamePatterns> include = NamePatterns::compile("--include", rules.include);
  if (!include) return include.error();
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const core::Result<bool> is_included = include->any_matches(source.mailboxes[i].name, source.mailboxes[i].wire);
    if (!is_included) return is_included.error();
    if (*is_included) marks[i] = true;
  }
  return marks;
}

core::Result<bool> remove_excluded(const SideNames& source, const config::FolderRules& rules,
                                   std::vector<bool>& marks) {
  const core::Result<NamePatterns> exclude = NamePatterns::compile("--exclude", rules.exclude);
  if (!exclude) return exclude.error();
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const core::Result<bool> is_excluded = exclude->any_matches(source.mailboxes[i].name, source.mailboxes[i].wire);
    if (!is_excluded) return is_excluded.error();
    if (*is_excluded) marks[i] = false;
  }
  return true;
}

core::Result<void> keep_root(const SideNames& source, const config::FolderRules& rules, std::vector<bool>& marks) {
  const std::string root = root_of(rules.source_root, source.name_space);
  if (root.empty()) return {};
  bool is_found = false;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const std::string_view rest = without_prefix(source.mailboxes[i].name, source.name_space);
    const bool is_in = is_within(rest, root, source.name_space.delimiter);
    is_found = is_found || is_in;
    if (!is_in) marks[i] = false;
  }
  if (is_found) return {};
  return core::Failure{
      core::Fault::root,
      fmt::format("--subfolder1 \"{}\": the source has no such mailbox", core::printable(rules.source_root)),
      {}};
}

bool is_one_of(const ListedMailbox& mailbox, const std::vector<std::string>& given, std::size_t& place) {
  for (place = 0; place < given.size(); ++place) {
    if (is_same_name(mailbox.wire, given[place]) || is_same_name(mailbox.name, as_utf8(given[place]))) return true;
  }
  return false;
}

bool is_given_by_name(const ListedMailbox& mailbox, const config::FolderRules& rules) {
  return std::any_of(rules.names.begin(), rules.names.end(), [&](const std::string& given) {
    return is_same_name(mailbox.wire, given) || is_same_name(mailbox.name, given);
  });
}

}  // namespace

core::Result<MailboxSelection> select_mailboxes(const SideNames& source, const config::FolderRules& rules) {
  MailboxSelection selection;
  core::Result<std::vector<bool>> marks = marks_of_rules(source, rules, selection.problems);
  if (!marks) return marks.error();
  if (const core::Result<void> kept = keep_root(source, rules, *marks); !kept) return kept.error();
  if (const core::Result<bool> removed = remove_excluded(source, rules, *marks); !removed) return removed.error();

  std::set<std::string_view> seen;  // a server may list a name twice, and INBOX in two spellings
  for (std::size_t i = 0; i < source.mailboxes.size(); ++i) {
    const ListedMailbox& mailbox = source.mailboxes[i];
    if (!mailbox.can_select()) {
      if ((*marks)[i] && is_given_by_name(mailbox, rules)) {
        selection.problems.push_back({mailbox.name, {}, "the source does not let it be selected", core::Fault::select});
      }
      continue;
    }
    if (!seen.insert(is_inbox(mailbox.wire) ? std::string_view("INBOX") : std::string_view(mailbox.wire)).second)
      continue;
    if ((*marks)[i]) {
      selection.chosen.push_back(mailbox);
    } else {
      selection.left_out.push_back(mailbox.name);
    }
  }
  std::stable_sort(selection.chosen.begin(), selection.chosen.end(),
                   [](const ListedMailbox& a, const ListedMailbox& b) { return a.name < b.name; });
  std::stable_partition(selection.chosen.begin(), selection.chosen.end(),
                        [](const ListedMailbox& mailbox) { return is_inbox(mailbox.name); });
  std::stable_sort(
      selection.chosen.begin(), selection.chosen.end(),
      [&](const ListedMailbox& a, const ListedMailbox& b) { return rank_of(a, rules) < rank_of(b, rules); });
  return selection;
}

int rank_of(const ListedMailbox& mailbox, const config::FolderRules& rules) {
  std::size_t place = 0;
  if (is_one_of(mailbox, rules.first, place)) return static_cast<int>(place) - static_cast<int>(rules.first.size());
  if (is_one_of(mailbox, rules.last, place)) return static_cast<int>(place) + 1;
  return 0;
}

bool is_limited(const config::FolderRules& rules) {
  return !rules.names.empty() || !rules.recursive.empty() || !rules.include.empty() || rules.only_subscribed;
}

}  // namespace imapferry::sync
