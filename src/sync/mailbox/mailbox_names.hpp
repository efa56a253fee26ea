#pragma once

#include "core/failure.hpp"
#include "imap/proto/response.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace imapferry::sync {

/// A mailbox as LIST told it.
struct ListedMailbox {
  std::string wire;              ///< as the server spells it; what commands carry
  std::string name;              ///< UTF-8
  char delimiter = '\0';         ///< 0: flat
  std::uint32_t attributes = 0;  ///< imap::proto::ListAttribute bits
  std::string special_use;       ///< "\Sent", ... or empty
  bool is_subscribed = false;
  bool is_empty = false;  ///< as far as it was asked
  [[nodiscard]] bool can_select() const {
    return (attributes & (imap::proto::list_noselect | imap::proto::list_nonexistent)) == 0;
  }
};

/// One side's name space.
struct NameSpace {
  std::string prefix;    ///< of the first personal namespace, UTF-8: "INBOX." or ""
  char delimiter = '/';  ///< 0: flat
};

/// The names of one side, as found.
struct SideNames {
  NameSpace name_space;
  std::vector<ListedMailbox> mailboxes;
  std::vector<std::string> personal_prefixes;  ///< UTF-8, as NAMESPACE told them
  std::vector<std::string> foreign_prefixes;   ///< of what belongs to others or to all; "" is one too
  bool knows_uses = false;  ///< the server makes mailboxes for a purpose (CREATE-SPECIAL-USE, RFC 6154)
};

/// A mailbox that cannot be carried, and why; every one is reported and makes the exit code say so.
struct MailboxProblem {
  std::string source;       ///< UTF-8
  std::string destination;  ///< where it would go
  std::string reason;
  core::Fault fault = core::Fault::create;
};

}  // namespace imapferry::sync
