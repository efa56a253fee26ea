#pragma once

#include "config/folder_rules.hpp"
#include "core/failure.hpp"
#include "imap/proto/labels.hpp"
#include "sync/mailbox/mailbox_map.hpp"

#include <map>
#include <string>

namespace imapferry::sync {

/// The labels of Gmail that the source's mailboxes are, and those that the mailboxes are to which they go, selected or
/// not; "" where that has no label, or is outside the branch that is carried (--subfolder1). Mailboxes that are Gmail's
/// own (All Mail, Sent, ...) are not among them: their labels have other names. Fails as map_mailboxes does.
[[nodiscard]] core::Result<std::map<std::string, std::string, imap::proto::LabelLess>>
mailbox_labels(const SideNames& source, const SideNames& destination, const MailboxMap& map,
               const config::FolderRules& rules);

/// A root (--subfolder1, --subfolder2) as labels below it begin; empty where there is none.
[[nodiscard]] std::string label_root(const std::string& given, const NameSpace& name_space);

}  // namespace imapferry::sync
