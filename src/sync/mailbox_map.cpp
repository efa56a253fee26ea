#include "sync/mailbox_map.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox_selection.hpp"

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

char most_frequent_delimiter(const std::vector<ListedMailbox>& mailboxes) {
  std::map<char, std::size_t> counts;
  bool is_flat = false;
  for (const ListedMailbox& mailbox : mailboxes) {
    if (mailbox.delimiter != '\0') {
      ++counts[mailbox.delimiter];
    } else if (!is_inbox(mailbox.name)) {
      is_flat = true;  // INBOX says nothing: some servers show it without a delimiter
    }
  }
  if (counts.empty()) return is_flat ? '\0' : '/';
  const auto is_rarer = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second < b.second : a.first != '/' && b.first == '/';
  };
  return std::max_element(counts.begin(), counts.end(), is_rarer)->first;
}

/// "INBOX." when every mailbox but INBOX lies under it; imapsync's guess, which keeps the server's spelling of INBOX.
std::string guess_prefix(const std::vector<ListedMailbox>& mailboxes, char delimiter) {
  constexpr std::size_t inbox_size = 5;
  std::string prefix;
  for (const ListedMailbox& mailbox : mailboxes) {
    const std::string& name = mailbox.name;
    if (!mailbox.can_select() || is_inbox(name)) continue;
    const bool is_below = delimiter != '\0' && name.size() > inbox_size && name[inbox_size] == delimiter &&
                          is_inbox(std::string_view(name).substr(0, inbox_size));
    if (!is_below) return {};
    if (prefix.empty()) prefix = name.substr(0, inbox_size + 1);
  }
  return prefix;
}

/// The name without the namespace's prefix; a prefix "INBOX." is met in any case.
std::string_view without_prefix(std::string_view name, const NameSpace& name_space) {
  const std::string_view prefix = name_space.prefix;
  if (prefix.empty() || name.size() < prefix.size()) return name;
  const std::string_view start = name.substr(0, prefix.size());
  const bool is_same =
      start == prefix || (start.back() == prefix.back() && is_inbox(start.substr(0, start.size() - 1)) &&
                          is_inbox(prefix.substr(0, prefix.size() - 1)));
  return is_same ? name.substr(prefix.size()) : name;
}

/// imapsync exchanges the two delimiters. Where the source's is "/", or there is none, a destination delimiter inside a
/// source name becomes "_" instead.
std::string exchange_delimiters(std::string_view name, char source, char destination) {
  std::string out(name);
  if (source == destination || destination == '\0') return out;
  const char stand_in = source == '/' || source == '\0' ? '_' : source;
  for (char& c : out) {
    if (c == destination) {
      c = stand_in;
    } else if (source != '\0' && c == source) {
      c = destination;
    }
  }
  return out;
}

std::string map_name(std::string_view name, const NameSpace& source, const NameSpace& destination) {
  const std::string_view rest = without_prefix(name, source);
  if (rest.empty() || is_inbox(name)) return "INBOX";
  const std::string exchanged = exchange_delimiters(rest, source.delimiter, destination.delimiter);
  return is_inbox(exchanged) ? "INBOX" : destination.prefix + exchanged;
}

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

}  // namespace

NameSpace name_space_of(const std::vector<imap::proto::Namespace>& personal,
                        const std::vector<ListedMailbox>& mailboxes) {
  if (personal.empty()) {
    const char delimiter = most_frequent_delimiter(mailboxes);
    return {guess_prefix(mailboxes, delimiter), delimiter};
  }
  const imap::proto::Namespace& first = personal.front();
  const bool has_delimiter = first.delimiter != '\0' || mailboxes.empty();
  return {imap::proto::from_wire(first.prefix).utf8,
          has_delimiter ? first.delimiter : most_frequent_delimiter(mailboxes)};
}

core::Result<MailboxMap> map_mailboxes(const SideNames& source, const SideNames& destination,
                                       const config::FolderRules& rules) {
  core::Result<MailboxSelection> selection = select_mailboxes(source, rules);
  if (!selection) return selection.error();

  MailboxMap map;
  map.problems = std::move(selection->problems);
  map.left_out = std::move(selection->left_out);
  const DestinationNames names(destination);
  std::map<std::string, std::string> taken;  // destination name to source name
  for (ListedMailbox& mailbox : selection->chosen) {
    std::string name = map_name(mailbox.name, source.name_space, destination.name_space);
    std::string reason = obstacle(mailbox, name, source.name_space, destination.name_space);
    if (reason.empty()) {
      const auto [earlier, is_free] = taken.emplace(name, mailbox.name);
      if (!is_free) reason = fmt::format("\"{}\" goes to the same mailbox", core::printable(earlier->second));
    }
    if (!reason.empty()) {
      map.problems.push_back({mailbox.name, std::move(name), std::move(reason)});
      continue;
    }
    std::string wire = names.wire_of(name);
    const bool exists = names.can_select(name);
    map.pairs.push_back({std::move(mailbox), std::move(name), std::move(wire), exists});
  }
  map.to_create = creations(map.pairs, names);
  return map;
}

}  // namespace imapferry::sync
