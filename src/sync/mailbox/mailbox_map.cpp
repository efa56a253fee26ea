#include "sync/mailbox/mailbox_map.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/automap.hpp"
#include "sync/mailbox/folded_name.hpp"
#include "sync/mailbox/mailbox_selection.hpp"
#include "sync/mailbox/name_mapping.hpp"
#include "sync/mailbox/special_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace imapferry::sync {

namespace {

using imap::proto::is_inbox;

// A source may list names of any length and depth, and each level may have to be created.
constexpr std::size_t longest_name = 4096;
constexpr std::ptrdiff_t most_levels = 100;

std::string_view key_of(std::string_view name) { return is_inbox(name) ? std::string_view("INBOX") : name; }

bool has_control_character(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool has_empty_level(std::string_view name, const NameSpace& name_space) {
  // The prefix is the server's own business.
  for (std::size_t i = name_space.prefix.size(); i < name.size(); ++i) {
    if (name[i] != name_space.delimiter) continue;
    if (i == 0 || i + 1 == name.size() || name[i - 1] == name_space.delimiter) return true;
  }
  return false;
}

/// Why a name cannot exist on the destination, as far as that is known beforehand; empty when it can.
std::string obstacle(const ListedMailbox& mailbox, std::string_view name, const NameSpace& source,
                     const NameSpace& destination) {
  if (name.empty()) return "the name is empty";
  if (is_inbox(name)) return {};
  if (has_control_character(name)) return "the name has a control character";
  if (!imap::proto::is_utf8(name)) return "the name is not valid UTF-8";
  if (name.size() > longest_name) return fmt::format("the name is longer than {} bytes", longest_name);
  if (destination.delimiter == '\0') {
    const bool is_nested = source.delimiter != '\0' &&
                           without_prefix(mailbox.name, source).find(source.delimiter) != std::string_view::npos;
    return is_nested ? "the name has levels, and the destination has none" : "";
  }
  if (has_empty_level(name, destination)) return "a level of the name is empty";
  if (std::count(name.begin(), name.end(), destination.delimiter) >= most_levels) {
    return fmt::format("the name has more than {} levels", most_levels);
  }
  return {};
}

/// What the destination has, by UTF-8 name.
class DestinationNames {
 public:
  explicit DestinationNames(const SideNames& destination) : name_space_(destination.name_space) {
    for (const ListedMailbox& mailbox : destination.mailboxes) {
      in_any_case_.emplace(fold_case(mailbox.name), &mailbox);
      const auto [found, is_new] = by_name_.emplace(key_of(mailbox.name), &mailbox);
      if (!is_new && is_better(mailbox, *found->second)) found->second = &mailbox;
    }
  }

  const ListedMailbox* find(std::string_view name) const {
    const auto found = by_name_.find(key_of(name));
    return found == by_name_.end() ? nullptr : found->second;
  }

  bool can_select(std::string_view name) const {
    if (is_inbox(name)) return true;  // there always is one
    const ListedMailbox* mailbox = find(name);
    return mailbox != nullptr && mailbox->can_select();
  }

  /// One whose name differs in its case only.
  const ListedMailbox* find_in_other_case(std::string_view name) const {
    if (is_inbox(name) || find(name) != nullptr) return nullptr;
    const auto found = in_any_case_.find(fold_case(name));
    return found == in_any_case_.end() ? nullptr : found->second;
  }

  /// The names of the levels above `name` that are ordinary mailboxes, outermost first: INBOX and the parts of the
  /// namespace's prefix are the server's.
  std::vector<std::string_view> parents_of(std::string_view name) const {
    std::vector<std::string_view> parents;
    if (name_space_.delimiter == '\0') return parents;
    for (std::size_t i = name_space_.prefix.size(); i < name.size(); ++i) {
      if (i != 0 && name[i] == name_space_.delimiter && !is_inbox(name.substr(0, i)))
        parents.push_back(name.substr(0, i));
    }
    return parents;
  }

  /// As the destination spells it: its own spelling of the mailbox, or of the nearest parent that it has.
  std::string wire_of(std::string_view name) const {
    if (is_inbox(name)) return "INBOX";
    if (const ListedMailbox* mailbox = find(name)) return mailbox->wire;
    const std::vector<std::string_view> parents = parents_of(name);
    for (auto parent = parents.rbegin(); parent != parents.rend(); ++parent) {
      if (const ListedMailbox* mailbox = find(*parent)) return mailbox->wire + encode(name.substr(parent->size()));
    }
    return encode(name);
  }

 private:
  /// Two spellings can come to one name: the one that can be used counts, then the regular one.
  static bool is_better(const ListedMailbox& a, const ListedMailbox& b) {
    if (a.can_select() != b.can_select()) return a.can_select();
    return a.wire == imap::proto::to_modified_utf7(a.name);
  }

  /// Names that are no UTF-8 do not come here.
  static std::string encode(std::string_view name) {
    return imap::proto::to_modified_utf7(name).value_or(std::string(name));
  }

  const NameSpace& name_space_;
  std::map<std::string_view, const ListedMailbox*> by_name_;
  std::map<std::string, const ListedMailbox*, std::less<>> in_any_case_;
};

/// The wire names of what has to be created for `pairs`, parents before children.
std::vector<std::string> creations(const std::vector<MailboxPair>& pairs, const DestinationNames& names) {
  std::set<std::string_view> wanted;  // also those that are there but cannot be selected
  for (const MailboxPair& pair : pairs) {
    if (!pair.exists) wanted.insert(pair.destination);
  }
  std::vector<std::string> order;
  std::set<std::string_view> done;
  const auto create = [&](std::string_view name) {
    if (done.insert(name).second) order.push_back(names.wire_of(name));
  };
  for (const MailboxPair& pair : pairs) {
    if (pair.exists) continue;
    for (const std::string_view parent : names.parents_of(pair.destination)) {
      if (wanted.count(parent) != 0 || names.find(parent) == nullptr) create(parent);
    }
    create(pair.destination);
  }
  return order;
}

/// What the mailboxes to be created are for, where the destination has none of the kind; the first of several has it.
std::map<std::string, std::string> uses_of(const MailboxMap& map, const SideNames& source,
                                           const SideNames& destination) {
  std::set<std::string_view> taken;
  for (const ListedMailbox& mailbox : destination.mailboxes) taken.insert(regular_special_use(mailbox.special_use));
  std::map<std::string, std::string> uses;
  const auto give = [&](const MailboxPair& pair, std::string_view use) {
    if (pair.exists || use.empty() || uses.contains(pair.destination_wire) || !taken.insert(use).second) return;
    uses.emplace(pair.destination_wire, use);
  };
  for (const MailboxPair& pair : map.pairs) give(pair, regular_special_use(pair.source.special_use));
  for (const MailboxPair& pair : map.pairs) give(pair, purpose_of(pair.source, source.name_space));
  return uses;
}

/// Adds the chosen mailboxes to a map, one by one.
class MapBuilder {
 public:
  MapBuilder(const SideNames& source, const SideNames& destination, const config::FolderRules& rules,
             const NameMapping& mapping, MailboxMap& map)
      : source_(source.name_space), destination_(destination.name_space), rules_(rules), mapping_(mapping), map_(map),
        names_(destination) {}

  core::Result<void> add(ListedMailbox& mailbox) {
    core::Result<MappedName> mapped = mapping_.map(mailbox);
    if (!mapped) return mapped.error();
    const std::string reason = why_not(mailbox, *mapped);
    if (!reason.empty()) {
      map_.problems.push_back({mailbox.name, std::move(mapped->name), reason});
      return {};
    }
    const bool exists = names_.can_select(mapped->name);
    if (rules_.skip_empty && mailbox.is_empty && !exists) {
      map_.empty.push_back(std::move(mailbox));
      return {};
    }
    MailboxPair pair;
    pair.rank = rank_of(mailbox, rules_);
    pair.destination_wire = names_.wire_of(mapped->name);
    pair.exists = exists;
    pair.source = std::move(mailbox);
    pair.destination = std::move(mapped->name);
    map_.pairs.push_back(std::move(pair));
    return {};
  }

  void finish() {
    // For some servers names that differ in their case only are one.
    std::map<std::string, std::size_t> sources;
    for (const MailboxPair& pair : map_.pairs) ++sources[fold_case(pair.destination)];
    for (MailboxPair& pair : map_.pairs) pair.sources = sources[fold_case(pair.destination)];
    map_.to_create = creations(map_.pairs, names_);
  }

 private:
  std::string why_not(const ListedMailbox& mailbox, const MappedName& mapped) {
    std::string reason = obstacle(mailbox, mapped.name, source_, destination_);
    if (!reason.empty()) return reason;
    if (!rules_.mix_cases) {
      const ListedMailbox* other = names_.find_in_other_case(mapped.name);
      if (other != nullptr) {
        return fmt::format("the destination has it as \"{}\" already (--nomixfolders)", core::printable(other->name));
      }
    }
    if (mapped.is_asked_for) return {};
    const auto [earlier, is_free] = taken_.emplace(mapped.name, mailbox.name);
    return is_free ? std::string() : fmt::format("\"{}\" goes to the same mailbox", core::printable(earlier->second));
  }

  const NameSpace& source_;
  const NameSpace& destination_;
  const config::FolderRules& rules_;
  const NameMapping& mapping_;
  MailboxMap& map_;
  DestinationNames names_;
  std::map<std::string, std::string> taken_;  ///< destination name to source name
};

/// With --subfolder1 by the plain rules as well: the rest of the source is nobody's business in such a run.
core::Result<std::vector<std::string>> spoken_for(const SideNames& source, const SideNames& destination,
                                                  const config::FolderRules& rules, const NameMapping& mapping) {
  std::vector<std::string> names;
  const Slashes slashes = rules.fix_slash ? Slashes::become_bars : Slashes::keep;
  for (const ListedMailbox& mailbox : source.mailboxes) {
    core::Result<MappedName> mapped = mapping.map(mailbox);
    if (!mapped) return mapped.error();
    names.push_back(std::move(mapped->name));
    if (rules.source_root.empty()) continue;
    std::string plain = convert_name(mailbox.name, source.name_space, destination.name_space, slashes);
    if (plain != names.back()) names.push_back(std::move(plain));
  }
  return names;
}

}  // namespace

core::Result<MailboxMap> map_mailboxes(const SideNames& source, const SideNames& destination,
                                       const config::FolderRules& rules) {
  const core::Result<NameMapping> mapping = NameMapping::make(source, destination, rules);
  if (!mapping) return mapping.error();
  core::Result<MailboxSelection> selection = select_mailboxes(source, rules);
  if (!selection) return selection.error();
  core::Result<std::vector<std::string>> all = spoken_for(source, destination, rules, *mapping);
  if (!all) return all.error();

  MailboxMap map;
  map.problems = std::move(selection->problems);
  map.left_out = std::move(selection->left_out);
  map.spoken_for = std::move(*all);
  MapBuilder builder(source, destination, rules, *mapping, map);
  for (ListedMailbox& mailbox : selection->chosen) {
    if (core::Result<void> added = builder.add(mailbox); !added) return added.error();
  }
  builder.finish();
  if (rules.automap && destination.knows_uses) map.special_uses = uses_of(map, source, destination);
  return map;
}

}  // namespace imapferry::sync
