#pragma once

#include "sync/context.hpp"
#include "sync/message/mailbox_index.hpp"
#include "sync/message/match.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>

namespace imapferry::sync {

/// Which messages of a mailbox pair a run works on: what SEARCH finds, ages and sizes. All messages of both sides are
/// listed and matched in any case, so that the selection decides what is done, never what is the same.
class MessageScope {
 public:
  /// `now` in unix seconds.
  MessageScope(const config::SelectionRules& rules, std::int64_t now) : rules_(rules), now_(now) {}

  /// Asks the server, where the rules need it. Throws core::Error when it refuses the SEARCH.
  boost::asio::awaitable<void> read(Side side, imap::Session& session, MailboxIndex& index);

  /// What would have been copied but for the rules.
  struct LeftOut {
    std::uint64_t messages = 0, bytes = 0;
  };
  /// Takes what is not to be worked on out of the matches.
  LeftOut narrow(Matches& matches, const MailboxIndex& source, const MailboxIndex& destination) const;

 private:
  [[nodiscard]] const config::SideSelection& rules_of(Side side) const noexcept {
    return side == Side::source ? rules_.source : rules_.destination;
  }
  /// Nothing selects; all are in scope.
  [[nodiscard]] bool is_whole(Side side) const noexcept;
  [[nodiscard]] bool has(Side side, const MailboxIndex& index, std::uint32_t i) const;

  const config::SelectionRules& rules_;
  std::int64_t now_;
  std::optional<imap::proto::UidSet> source_found_;  ///< by SEARCH, where there was one
  std::optional<imap::proto::UidSet> destination_found_;
};

}  // namespace imapferry::sync
