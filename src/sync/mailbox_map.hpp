#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"
#include "imap/proto/response.hpp"
#include "sync/mailbox_names.hpp"

#include <string>
#include <vector>

namespace imapferry::sync {

/// Where one source mailbox goes.
struct MailboxPair {
  ListedMailbox source;
  std::string destination;          ///< UTF-8
  std::string destination_wire;     ///< modified UTF-7, ready for a command
  bool exists = false;              ///< on the destination already, and can be selected; INBOX always is
  bool shares_destination = false;  ///< other source mailboxes go to the same one
};

struct MailboxMap {
  std::vector<MailboxPair> pairs;  ///< in the source's order, INBOX first
  /// Wire names in the order of creation, parents before children: what is missing, and what is there as a mere parent
  /// but is wanted as a mailbox. Neither INBOX nor a part of the destination's prefix.
  std::vector<std::string> to_create;
  std::vector<MailboxProblem> problems;
  std::vector<std::string> left_out;  ///< UTF-8 names that the rules left out
};

/// Which prefix and delimiter a side has: from NAMESPACE when it was answered, else guessed from the names as imapsync
/// does (the most frequent delimiter of LIST; prefix "INBOX" + delimiter when every other mailbox lies under INBOX).
[[nodiscard]] NameSpace name_space_of(const std::vector<imap::proto::Namespace>& personal,
                                      const std::vector<ListedMailbox>& mailboxes);

/// Maps the selected source mailboxes to names on the destination: the source's prefix is removed, delimiters are
/// exchanged (a destination delimiter inside a source name becomes the source's, as imapsync swaps them; with "/" left
/// over and no place for it, "_"), the destination's prefix is put in front; INBOX, in any case, is INBOX. Two source
/// mailboxes that come to the same destination are a problem of the second; names that the destination cannot hold (an
/// empty level, control characters) likewise. Fails (Fault::usage) on a regular expression that does not compile, or a
/// --folder that does not exist on the source.
[[nodiscard]] core::Result<MailboxMap> map_mailboxes(const SideNames& source, const SideNames& destination,
                                                     const config::FolderRules& rules);

}  // namespace imapferry::sync
