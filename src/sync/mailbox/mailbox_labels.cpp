#include "sync/mailbox/mailbox_labels.hpp"

#include "imap/proto/flags.hpp"
#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/name_mapping.hpp"

#include <string_view>
#include <utility>

namespace imapferry::sync {

using imap::proto::is_inbox;

namespace {

constexpr std::string_view inbox_label = "\\Inbox";

std::string label_of(std::string_view wire) { return std::string(is_inbox(wire) ? inbox_label : wire); }

/// Labels of the destination's mailboxes by name.
class DestinationLabels {
 public:
  explicit DestinationLabels(const SideNames& destination) {
    for (const ListedMailbox& mailbox : destination.mailboxes) by_name_.emplace(mailbox.name, &mailbox);
  }

  std::string find(const std::string& name, const std::string& wire) const {
    if (is_inbox(name)) return std::string(inbox_label);
    const auto listed = by_name_.find(name);
    if (listed == by_name_.end()) return wire;
    const ListedMailbox& mailbox = *listed->second;
    if (mailbox.special_use.empty()) return mailbox.wire;
    // Of Gmail's own only this one is a label that can be given.
    return imap::proto::equals_ignoring_case(mailbox.special_use, "\\Sent") ? "\\Sent" : "";
  }

 private:
  std::map<std::string_view, const ListedMailbox*> by_name_;
};

}  // namespace

core::Result<std::map<std::string, std::string, imap::proto::LabelLess>>
mailbox_labels(const SideNames& source, const SideNames& destination, const MailboxMap& map,
               const config::FolderRules& rules) {
  const core::Result<NameMapping> mapping = NameMapping::make(source, destination, rules);
  if (!mapping) return mapping.error();
  const DestinationLabels there(destination);
  std::map<std::string, std::string, imap::proto::LabelLess> labels;
  for (const MailboxPair& pair : map.pairs) {
    if (!pair.source.special_use.empty()) continue;
    labels.emplace(label_of(pair.source.wire), there.find(pair.destination, pair.destination_wire));
  }
  const std::string root = root_of(rules.source_root, source.name_space);
  for (const ListedMailbox& mailbox : source.mailboxes) {
    std::string label = label_of(mailbox.wire);
    if (!mailbox.can_select() || !mailbox.special_use.empty() || labels.contains(label)) continue;
    if (!root.empty() &&
        !is_within(without_prefix(mailbox.name, source.name_space), root, source.name_space.delimiter)) {
      labels.emplace(std::move(label), "");
      continue;
    }
    const core::Result<MappedName> mapped = mapping->map(mailbox);
    if (!mapped) return mapped.error();
    const std::string wire = imap::proto::to_modified_utf7(mapped->name).value_or("");
    labels.emplace(std::move(label), there.find(mapped->name, wire));
  }
  return labels;
}

std::string label_root(const std::string& given, const NameSpace& name_space) {
  const std::string root = root_of(given, name_space);
  if (root.empty() || name_space.delimiter == '\0') return {};
  const std::string name = name_space.prefix + root;
  return imap::proto::to_modified_utf7(name).value_or(name) + name_space.delimiter;
}

}  // namespace imapferry::sync
