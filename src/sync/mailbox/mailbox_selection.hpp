#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"
#include "sync/mailbox/mailbox_names.hpp"

#include <string>
#include <vector>

namespace imapferry::sync {

/// Which source mailboxes the rules ask for.
struct MailboxSelection {
  /// In the order of their names, INBOX first, unless the rules say otherwise; each can be selected, none twice.
  /// Servers list in any order, and where one mailbox decides what becomes of the next (--skipcrossduplicates, several
  /// into one) every run has to come to the same.
  std::vector<ListedMailbox> chosen;
  std::vector<MailboxProblem> problems;  ///< asked for by name, but they are not there or cannot be selected
  std::vector<std::string> left_out;     ///< UTF-8
};

/// --folder, --folderrec, --subscribed and --include together, or all; of these what --subfolder1 holds; then
/// --exclude. Names may be given in UTF-8 or modified UTF-7: as the server spells them when that is found, else by
/// their UTF-8. Expressions are applied to both forms, and one match is enough (imapsync knows the modified UTF-7
/// only). Fails (Fault::usage) on a bad expression, and (Fault::root) where the source has no --subfolder1.
[[nodiscard]] core::Result<MailboxSelection> select_mailboxes(const SideNames& source,
                                                              const config::FolderRules& rules);

/// Where a source mailbox stands: below 0 with --folderfirst, above with --folderlast.
[[nodiscard]] int rank_of(const ListedMailbox& mailbox, const config::FolderRules& rules);

/// Whether the rules name what is copied, rather than what is not.
[[nodiscard]] bool is_limited(const config::FolderRules& rules);

}  // namespace imapferry::sync
