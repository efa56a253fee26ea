#pragma once

#include "core/failure.hpp"
#include "sync/context.hpp"
#include "sync/mailbox/mailbox_map.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>
#include <vector>

namespace imapferry::sync {

/// Makes the destination's mailboxes what the map asks for: created and subscribed. What cannot be done is told as an
/// event, and is no reason to stop.
class DestinationMailboxes {
 public:
  /// `there` is what the destination has already. All of them outlive this.
  DestinationMailboxes(const Context& context, imap::Session& session, const MailboxMap& map, const SideNames& there)
      : context_(context), session_(session), map_(map), there_(there) {}

  /// All of them from one session, before anything is appended: some servers fail when mailboxes are made while others
  /// fill. Throws core::Error when the connection is lost.
  boost::asio::awaitable<void> create();
  boost::asio::awaitable<void> subscribe();

  /// Why mailboxes could not be created, by wire name.
  [[nodiscard]] std::map<std::string, core::Failure> take_failures() { return std::move(failures_); }

 private:
  boost::asio::awaitable<void> create_all(const std::vector<std::string>& wires);
  boost::asio::awaitable<void> create_one(std::string wire);
  boost::asio::awaitable<void> subscribe_one(const MailboxPair& pair);
  [[nodiscard]] bool is_above_a_failure(const std::string& level) const;

  const Context& context_;
  imap::Session& session_;
  const MailboxMap& map_;
  const SideNames& there_;
  std::map<std::string, core::Failure> failures_;
};

}  // namespace imapferry::sync
