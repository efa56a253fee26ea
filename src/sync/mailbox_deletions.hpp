#pragma once

#include "config/deletion_rules.hpp"
#include "sync/mailbox_pass.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <span>

namespace imapferry::sync {

/// The last thing that is done in a mailbox pair, when all that is to be copied is known to be there: what the rules
/// want deleted goes, on either side, as far as nothing can be lost by it. What must not go is told as a failure.
class MailboxDeletions {
 public:
  explicit MailboxDeletions(MailboxPass& pass) : pass_(pass) {}

  /// Throws core::Error when a connection is lost.
  boost::asio::awaitable<void> run();

 private:
  using UidSet = imap::proto::UidSet;

  boost::asio::awaitable<void> delete_on_destination();
  void note_theirs();
  [[nodiscard]] std::uint64_t nobodys_among(const UidSet& doomed) const;
  boost::asio::awaitable<void> expunge_destination();
  boost::asio::awaitable<void> delete_on_source();
  boost::asio::awaitable<bool> delete_set(Side side, const UidSet& doomed, config::DeletionRules::How how);
  boost::asio::awaitable<UidSet> copies_that_are_there();
  boost::asio::awaitable<UidSet> safely_copied();
  boost::asio::awaitable<void> compare_copies(std::span<const Matches::Pair> pairs, UidSet& safe);
  [[nodiscard]] bool wants_deleted_on_source(std::uint32_t i) const;
  boost::asio::awaitable<bool> is_source_itself(const UidSet& doomed);
  void forget_on_source(const UidSet& gone);
  void forget_on_destination(const UidSet& gone);
  [[nodiscard]] bool may_be_ours(imap::proto::Uid uid) const;
  void tell_deleted(Side side, std::uint64_t messages);

  MailboxPass& pass_;
};

}  // namespace imapferry::sync
