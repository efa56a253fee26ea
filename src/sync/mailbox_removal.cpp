#include "sync/mailbox_removal.hpp"

#include "core/task_group.hpp"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

awaitable<void> MailboxRemoval::run(DeletionOrder order, Which which) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::vector<ListedMailbox> level = order.next(); !level.empty(); level = order.next()) {
    if (context_.stop.is_requested) co_return;
    if (which == Which::empty) {
      co_await keep_filled(level, order);
      continue;
    }
    core::TaskGroup flight(executor);
    for (const ListedMailbox& mailbox : level) flight.spawn(remove(mailbox, order));
    co_await flight.join();
  }
}

/// Those that hold nothing are deleted one by one, each as soon as it has been looked at.
awaitable<void> MailboxRemoval::keep_filled(std::vector<ListedMailbox>& mailboxes, DeletionOrder& order) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const std::unique_ptr<bool[]> may_be_empty(new bool[mailboxes.size()]());
  core::TaskGroup flight(executor);
  for (std::size_t i = 0; i < mailboxes.size(); ++i) flight.spawn(count(mailboxes[i], may_be_empty[i]));
  co_await flight.join();
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    bool is_to_go = may_be_empty[i] && !context_.stop.is_requested;
    if (is_to_go) is_to_go = co_await is_empty(mailboxes[i]);
    if (is_to_go) {
      co_await remove(mailboxes[i], order);
    } else {
      order.stays(mailboxes[i]);
    }
  }
}

awaitable<void> MailboxRemoval::count(const ListedMailbox& mailbox, bool& may_be_empty) {
  const core::Result<imap::MailboxStatus> status = co_await session_.status(mailbox.wire);
  may_be_empty = status.has_value() && status->messages == 0;
}

/// STATUS may tell an old number, and some servers count otherwise than they find.
awaitable<bool> MailboxRemoval::is_empty(const ListedMailbox& mailbox) {
  const core::Result<imap::MailboxState> state = co_await session_.select(mailbox.wire, imap::SelectMode::read_only);
  if (!state || state->exists != 0) co_return false;
  const core::Result<imap::proto::UidSet> found = co_await session_.all_uids();
  const bool is_empty = found.has_value() && found->empty() && session_.exists() == 0;
  // A mailbox that is open cannot be deleted everywhere.
  if (session_.has(imap::proto::Capability::unselect)) {
    co_await session_.unselect();
  } else {
    co_await session_.select("INBOX", imap::SelectMode::read_only);
  }
  co_return is_empty;
}

awaitable<void> MailboxRemoval::remove(const ListedMailbox& mailbox, DeletionOrder& order) {
  if (!context_.rules.dry) {
    const std::optional<core::Failure> failure = co_await session_.remove(mailbox.wire);
    if (failure) {
      order.stays(mailbox);
      context_.observer.on(DeletionFailed{side_, mailbox.name, failure->within(name_of(side_))});
      co_return;
    }
    // Some servers end the subscription themselves, and refuse to do it again.
    if (mailbox.is_subscribed) co_await session_.unsubscribe(mailbox.wire);
  }
  context_.observer.on(MailboxDeleted{side_, mailbox.name, context_.rules.dry});
}

}  // namespace imapferry::sync
