#pragma once

#include "config/deletion_rules.hpp"
#include "config/folder_rules.hpp"
#include "core/failure.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox/mailbox_names.hpp"

#include <set>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What --delete2folders deletes, outermost last: mailboxes of the destination that no mailbox of the source goes to,
/// whether it is selected or not. Names that differ in case or accents only are taken for the same. It spares INBOX,
/// mailboxes with a special use, other people's, and all levels above what stays. Where the run is limited to some
/// mailboxes (--folder, --folderrec, --include, --subscribed, --subfolder2), so is this; and what an --exclude matches
/// stays. Nothing when the source has no mailbox at all. Fails (Fault::usage) on a bad expression.
[[nodiscard]] core::Result<std::vector<ListedMailbox>>
superfluous_mailboxes(const SideNames& source, const SideNames& destination, const MailboxMap& map,
                      const config::FolderRules& folders, const config::DeletionRules& deletion);

/// Which source mailboxes --delete1emptyfolders may look at, outermost last: those that were copied, without INBOX and
/// those with a special use.
[[nodiscard]] std::vector<ListedMailbox> deletable_when_empty(const MailboxMap& map);

/// Mailboxes of one depth after the other; each may be deleted when nothing below it stays.
class DeletionOrder {
 public:
  /// `all` is everything on that side, `deletable` some of it, outermost last.
  DeletionOrder(const SideNames& all, std::vector<ListedMailbox> deletable);

  /// The next ones, none of which lies below another; empty at the end.
  [[nodiscard]] std::vector<ListedMailbox> next();
  [[nodiscard]] bool is_done() const noexcept { return deletable_.empty(); }
  /// It is still there, and so are the levels above it.
  void stays(const ListedMailbox& mailbox);

 private:
  void stays(const std::string& name);

  char delimiter_;
  std::vector<ListedMailbox> deletable_;  ///< outermost first
  std::set<std::string> kept_levels_;
};

}  // namespace imapferry::sync
