#pragma once

#include "imap/session.hpp"
#include "sync/message/identity.hpp"
#include "sync/message/mailbox_index.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace imapferry::sync {

/// How much is asked of each message.
enum class IndexDepth {
  light,       ///< flags, date and size
  identified,  ///< and what identifies it
};

/// Lists messages of the selected mailbox into an index: `uids` as in a command ("1:*"). Messages whose Message-Id and
/// Received fields say nothing are identified by their whole header, which costs a second FETCH for these alone. Throws
/// core::Error: a listing that was refused must never look like an empty mailbox. What came before a connection was
/// lost is in the index.
boost::asio::awaitable<void> read_index(imap::Session& session, const IdentityRule& rule, std::string uids,
                                        IndexDepth depth, std::size_t expected_messages, MailboxIndex& index);

/// Identifies some messages of an index that was read lightly; what came before a connection was lost is in it.
boost::asio::awaitable<void> identify(imap::Session& session, const IdentityRule& rule, MailboxIndex& index,
                                      const std::vector<std::uint32_t>& positions);

/// Sets the dates of some messages of an index to those of their Date headers, where these can be read.
boost::asio::awaitable<void> read_header_dates(imap::Session& session, MailboxIndex& index,
                                               const std::vector<std::uint32_t>& positions);

/// Reads what messages say. Those that the server does not send are not among the contents.
boost::asio::awaitable<void> read_contents(imap::Session& session, const IdentityRule& rule,
                                           const imap::proto::UidSet& uids, Contents& contents);

/// Reads INTERNALDATE of some messages of an index.
boost::asio::awaitable<void> read_dates(imap::Session& session, MailboxIndex& index,
                                        const std::vector<std::uint32_t>& positions);

}  // namespace imapferry::sync
