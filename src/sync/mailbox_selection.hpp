#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"
#include "sync/mailbox_names.hpp"

#include <string>
#include <vector>

namespace imapferry::sync {

/// Which source mailboxes the rules ask for.
struct MailboxSelection {
  std::vector<ListedMailbox> chosen;     ///< in the source's order, INBOX first; each can be selected, none twice
  std::vector<MailboxProblem> problems;  ///< asked for by name, but they cannot be selected
  std::vector<std::string> left_out;     ///< UTF-8
};

/// --folder and --folderrec together, else --include, else all; then --exclude. Names may be given in UTF-8 or modified
/// UTF-7: as the server spells them when that is found, else by their UTF-8. Expressions are applied to both forms, and
/// one match is enough (imapsync knows the modified UTF-7 only).
/// Fails (Fault::usage) on a bad expression and on a name that the source does not have.
[[nodiscard]] core::Result<MailboxSelection> select_mailboxes(const SideNames& source,
                                                              const config::FolderRules& rules);

}  // namespace imapferry::sync
