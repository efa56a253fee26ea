#include "sync/mailbox/name_space.hpp"

#include "imap/proto/mailbox_name.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace imapferry::sync {

using imap::proto::is_inbox;

namespace {

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
    const bool is_inside = delimiter != '\0' && name.size() > inbox_size && name[inbox_size] == delimiter &&
                           is_inbox(std::string_view(name).substr(0, inbox_size));
    if (!is_inside) return {};
    if (prefix.empty()) prefix = name.substr(0, inbox_size + 1);
  }
  return prefix;
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

std::string_view without_prefix(std::string_view name, const NameSpace& name_space) {
  const std::string_view prefix = name_space.prefix;
  if (prefix.empty() || name.size() < prefix.size()) return name;
  const std::string_view start = name.substr(0, prefix.size());
  const bool is_same =
      start == prefix || (start.back() == prefix.back() && is_inbox(start.substr(0, start.size() - 1)) &&
                          is_inbox(prefix.substr(0, prefix.size() - 1)));
  return is_same ? name.substr(prefix.size()) : name;
}

std::string exchange_delimiters(std::string_view name, char source, char destination, Slashes slashes) {
  std::string out(name);
  if (source == destination || destination == '\0') return out;
  const bool must_replace = source == '\0' || (source == '/' && slashes == Slashes::become_bars);
  const char stand_in = must_replace ? '_' : source;
  for (char& c : out) {
    if (c == destination) {
      c = stand_in;
    } else if (source != '\0' && c == source) {
      c = destination;
    }
  }
  return out;
}

std::string convert_name(std::string_view name, const NameSpace& source, const NameSpace& destination,
                         Slashes slashes) {
  std::string out = exchange_delimiters(without_prefix(name, source), source.delimiter, destination.delimiter, slashes);
  return is_inbox(out) ? out : destination.prefix + out;
}

std::string as_utf8(std::string_view given) {
  if (given.find('&') == std::string_view::npos) return std::string(given);
  return imap::proto::from_modified_utf7(given).value_or(std::string(given));
}

std::string root_of(std::string_view given, const NameSpace& name_space) {
  while (given.starts_with(' ')) given.remove_prefix(1);
  while (given.ends_with(' ')) given.remove_suffix(1);
  const std::string name = as_utf8(given);
  // "INBOX" where all lies below it: the prefix says so already.
  if (name_space.delimiter != '\0' && is_same_name(without_prefix(name + name_space.delimiter, name_space), ""))
    return {};
  std::string_view root = without_prefix(name, name_space);
  if (name_space.delimiter != '\0' && root.ends_with(name_space.delimiter)) root.remove_suffix(1);
  return std::string(root);
}

bool is_same_name(std::string_view a, std::string_view b) { return a == b || (is_inbox(a) && is_inbox(b)); }

bool is_below(std::string_view name, std::string_view parent, char delimiter) {
  return delimiter != '\0' && name.size() > parent.size() && name[parent.size()] == delimiter &&
         is_same_name(name.substr(0, parent.size()), parent);
}

bool is_within(std::string_view name, std::string_view root, char delimiter) {
  return is_same_name(name, root) || is_below(name, root, delimiter);
}

}  // namespace imapferry::sync
