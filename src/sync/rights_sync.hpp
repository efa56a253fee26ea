#pragma once

#include "sync/context.hpp"
#include "sync/lane.hpp"
#include "sync/mailbox/access_rights.hpp"
#include "sync/mailbox/mailbox_map.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace imapferry::sync {

/// Makes the access lists of the destination's mailboxes say what the source's do (--syncacls). What cannot be done is
/// told as an event, and is no reason to stop.
class RightsSync {
 public:
  RightsSync(const Context& context, Lane& lane) : context_(context), lane_(lane) {}

  /// Throws core::Error when a connection is lost.
  boost::asio::awaitable<void> run(const std::vector<const MailboxPair*>& pairs);

 private:
  boost::asio::awaitable<void> bring_in_line(const MailboxPair& pair);
  boost::asio::awaitable<void> read(imap::Session& session, Side side, const MailboxPair& pair, AccessList& list,
                                    bool& is_known);
  void tell(const MailboxPair& pair, core::Failure failure, Side side);

  const Context& context_;
  Lane& lane_;
  RightsDialect dialect_;
};

}  // namespace imapferry::sync
