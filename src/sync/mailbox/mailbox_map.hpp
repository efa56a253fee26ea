#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"
#include "imap/proto/response.hpp"
#include "sync/mailbox/mailbox_names.hpp"
#include "sync/mailbox/name_space.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace imapferry::sync {

/// Where one source mailbox goes.
struct MailboxPair {
  ListedMailbox source;
  std::string destination;       ///< UTF-8
  std::string destination_wire;  ///< modified UTF-7, ready for a command
  bool exists = false;           ///< on the destination already, and can be selected; INBOX always is
  std::size_t sources = 1;  ///< how many of the pairs have this destination, in any case: they may be one mailbox there
  int rank = 0;             ///< those with a lower one come first (--folderfirst, --folderlast)
};

struct MailboxMap {
  std::vector<MailboxPair> pairs;  ///< in the source's order, INBOX first
  /// Wire names in the order of creation, parents before children: what is missing, and what is there as a mere parent
  /// but is wanted as a mailbox. Neither INBOX nor a part of the destination's prefix.
  std::vector<std::string> to_create;
  std::vector<MailboxProblem> problems;
  std::vector<std::string> left_out;  ///< UTF-8 names that the rules left out
  std::vector<ListedMailbox> empty;   ///< selected, but left out because nothing is in them
  /// What a mailbox to be created is for, by wire name: "\Sent" (RFC 6154). With --automap only.
  std::map<std::string, std::string> special_uses;
  /// Where every source mailbox goes or would go, selected or not: what the source speaks for on the destination.
  std::vector<std::string> spoken_for;
};

/// Maps the selected source mailboxes to names on the destination (NameMapping says how). Several of them may go to one
/// where a rule was given for that; otherwise that is a problem of the second, and names that the destination cannot
/// hold (an empty level, control characters) likewise. Fails (Fault::usage) on a regular expression that does not
/// compile, or a --folder that does not exist on the source.
[[nodiscard]] core::Result<MailboxMap> map_mailboxes(const SideNames& source, const SideNames& destination,
                                                     const config::FolderRules& rules);

}  // namespace imapferry::sync
