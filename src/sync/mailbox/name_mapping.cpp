#include "sync/mailbox/name_mapping.hpp"

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/automap.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace imapferry::sync {

using imap::proto::is_inbox;

namespace {

std::string_view key_of(std::string_view name) { return is_inbox(name) ? std::string_view("INBOX") : name; }

/// "&BB8-" somewhere in it.
bool has_modified_utf7(std::string_view expression) {
  for (std::size_t at = expression.find('&'); at != std::string_view::npos; at = expression.find('&', at + 1)) {
    const std::size_t end =
        expression.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,\\", at + 1);
    if (end != std::string_view::npos && end > at + 2 && expression[end] == '-') return true;
  }
  return false;
}

}  // namespace

core::Result<NameMapping> NameMapping::make(const SideNames& source, const SideNames& destination,
                                            const config::FolderRules& rules) {
  NameMapping mapping;
  mapping.source_ = source.name_space;
  mapping.destination_ = destination.name_space;
  mapping.slashes_ = rules.fix_slash ? Slashes::become_bars : Slashes::keep;
  mapping.source_root_ = root_of(rules.source_root, source.name_space);
  mapping.destination_root_ = root_of(rules.destination_root, destination.name_space);
  if (!mapping.destination_root_.empty() && destination.name_space.delimiter == '\0') {
    return core::Failure{core::Fault::usage, "--subfolder2: the destination has no levels of folders", {}};
  }
  for (const auto& [from, to] : rules.renamed) {
    const std::string target = is_inbox(to) ? "INBOX" : as_utf8(to);
    mapping.renamed_[std::string(key_of(from))] = target;
    mapping.renamed_.emplace(as_utf8(from), target);
  }
  const regex::Variables variables = {
      {"h1_prefix", source.name_space.prefix},
      {"h1_sep", std::string(source.name_space.delimiter != '\0', source.name_space.delimiter)},
      {"h2_prefix", destination.name_space.prefix},
      {"h2_sep", std::string(destination.name_space.delimiter != '\0', destination.name_space.delimiter)}};
  for (const std::string& expression : rules.changes) {
    core::Result<regex::Substitution> change = regex::Substitution::parse(expression, variables);
    if (!change) return change.error().within("--regextrans2");
    mapping.changes_.push_back(std::move(*change));
  }
  if (rules.automap) mapping.purposes_ = automap(source, destination);
  mapping.purposes_reach_children_ = rules.automap_children;
  return mapping;
}

const std::string* NameMapping::renamed(const ListedMailbox& mailbox) const {
  for (const std::string_view name : {key_of(mailbox.wire), key_of(mailbox.name)}) {
    const auto found = renamed_.find(name);
    if (found != renamed_.end()) return &found->second;
  }
  return nullptr;
}

/// `place` holds the name when it has to be made.
const std::string* NameMapping::by_purpose(std::string_view name, std::string& place) const {
  const auto found = purposes_.find(name);
  if (found != purposes_.end()) return &found->second;
  const bool has_levels = source_.delimiter != '\0' && destination_.delimiter != '\0';
  if (purposes_.empty() || !purposes_reach_children_ || !has_levels) return nullptr;
  for (std::size_t end = name.rfind(source_.delimiter); end != std::string_view::npos && end > 0;
       end = name.rfind(source_.delimiter, end - 1)) {
    const auto parent = purposes_.find(name.substr(0, end));
    if (parent == purposes_.end()) continue;
    place = parent->second + destination_.delimiter +
            exchange_delimiters(name.substr(end + 1), source_.delimiter, destination_.delimiter, slashes_);
    return &place;
  }
  return nullptr;
}

MappedName NameMapping::by_place(std::string_view name) const {
  MappedName mapped;
  std::string_view rest = without_prefix(name, source_);
  if (!source_root_.empty() && is_within(rest, source_root_, source_.delimiter)) {
    rest.remove_prefix(std::min(source_root_.size() + 1, rest.size()));
    // Its messages go to INBOX with those of a folder INBOX below it.
    mapped.is_asked_for = rest.empty() || is_inbox(rest);
  }
  const std::string_view kept = rest.empty() || is_inbox(name) ? std::string_view("INBOX") : rest;
  std::string exchanged = exchange_delimiters(kept, source_.delimiter, destination_.delimiter, slashes_);
  if (!destination_root_.empty()) {
    mapped.name = destination_.prefix + destination_root_ + destination_.delimiter + exchanged;
  } else {
    mapped.name = is_inbox(exchanged) ? "INBOX" : destination_.prefix + exchanged;
  }
  return mapped;
}

core::Result<MappedName> NameMapping::map(const ListedMailbox& mailbox) const {
  std::string place;
  if (const std::string* name = renamed(mailbox)) return MappedName{*name, true};
  if (const std::string* name = by_purpose(mailbox.name, place)) return MappedName{*name, true};
  MappedName mapped = by_place(mailbox.name);
  core::Result<std::string> name = changed(mapped.name);
  if (!name) return name.error();
  mapped.is_asked_for = mapped.is_asked_for || *name != mapped.name;
  mapped.name = is_inbox(*name) ? "INBOX" : std::move(*name);
  return mapped;
}

/// Expressions see names in UTF-8. One that is written for modified UTF-7, as imapsync's users have them, sees that
/// where it has found nothing.
core::Result<std::string> NameMapping::changed(std::string name) const {
  for (const regex::Substitution& change : changes_) {
    core::Result<std::string> next = change.apply(name);
    if (!next) return next.error().within("--regextrans2");
    if (*next == name && has_modified_utf7(change.expression())) {
      const std::optional<std::string> wire = imap::proto::to_modified_utf7(name);
      if (wire && *wire != name) {
        next = change.apply(*wire);
        if (!next) return next.error().within("--regextrans2");
        next = imap::proto::from_wire(*next).utf8;
      }
    }
    name = std::move(*next);
  }
  return name;
}

}  // namespace imapferry::sync
