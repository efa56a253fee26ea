#pragma once

#include "imap/proto/mailbox_name.hpp"
#include "sync/mailbox/mailbox_map.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace imapferry::sync {

using Names = std::vector<std::string>;

/// A mailbox as a server with this wire name would list it.
inline ListedMailbox listed(const std::string& wire, char delimiter = '/', std::uint32_t attributes = 0) {
  ListedMailbox mailbox;
  mailbox.wire = wire;
  mailbox.name = imap::proto::from_wire(wire).utf8;
  mailbox.delimiter = delimiter;
  mailbox.attributes = attributes;
  return mailbox;
}

inline SideNames side(const std::string& prefix, char delimiter, const std::vector<std::string>& wires) {
  SideNames names;
  names.name_space = {prefix, delimiter};
  for (const std::string& wire : wires) names.mailboxes.push_back(listed(wire, delimiter));
  return names;
}

inline MailboxMap map_of(const SideNames& source, const SideNames& destination, const config::FolderRules& rules = {}) {
  core::Result<MailboxMap> map = map_mailboxes(source, destination, rules);
  REQUIRE(map.has_value());
  return *map;
}

inline Names destinations_of(const MailboxMap& map) {
  Names names;
  for (const MailboxPair& pair : map.pairs) names.push_back(pair.destination);
  return names;
}

}  // namespace imapferry::sync
