#pragma once

#include "sync/context.hpp"
#include "sync/mailbox/folder_deletion.hpp"

#include <boost/asio/awaitable.hpp>

namespace imapferry::sync {

/// Deletes mailboxes of one side, innermost first, and ends their subscriptions. What cannot be deleted is told as an
/// event, and the levels above it stay. In a dry run everything is only told.
class MailboxRemoval {
 public:
  /// Which of the mailboxes that may be deleted are.
  enum class Which {
    all,
    empty,  ///< those in which the server counts no message and finds none
  };
  MailboxRemoval(const Context& context, Side side, imap::Session& session)
      : context_(context), side_(side), session_(session) {}

  /// Throws core::Error when the connection is lost.
  boost::asio::awaitable<void> run(DeletionOrder order, Which which);

 private:
  boost::asio::awaitable<void> keep_filled(std::vector<ListedMailbox>& mailboxes, DeletionOrder& order);
  boost::asio::awaitable<void> count(const ListedMailbox& mailbox, bool& may_be_empty);
  boost::asio::awaitable<bool> is_empty(const ListedMailbox& mailbox);
  boost::asio::awaitable<void> remove(const ListedMailbox& mailbox, DeletionOrder& order);

  const Context& context_;
  Side side_;
  imap::Session& session_;
};

}  // namespace imapferry::sync
