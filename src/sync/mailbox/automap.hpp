#pragma once

#include "sync/mailbox/mailbox_names.hpp"

#include <map>
#include <string>

namespace imapferry::sync {

/// Which destination mailbox serves the purpose of each source mailbox that has one: Sent, Drafts, Trash, ... What the
/// server says of a mailbox (RFC 6154) counts before its name does, on either side. Of several mailboxes of the
/// destination the first in order of names is taken. Names are UTF-8.
[[nodiscard]] std::map<std::string, std::string, std::less<>> automap(const SideNames& source,
                                                                      const SideNames& destination);

/// What a mailbox is for, as the server says or its name does: "\Sent", or empty.
[[nodiscard]] std::string_view purpose_of(const ListedMailbox& mailbox, const NameSpace& name_space);

}  // namespace imapferry::sync
