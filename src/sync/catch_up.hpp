#pragma once

#include "imap/session.hpp"
#include "store/records.hpp"
#include "sync/message/flag_plan.hpp"
#include "sync/message/mailbox_index.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>

namespace imapferry::sync {

/// Brings what is remembered of one mailbox on one side up to date: which messages have gone, which flags have changed
/// (CHANGEDSINCE and VANISHED of RFC 7162 where the server has them, else a listing of flags) and which messages are
/// new. What it costs follows what has changed.
class CatchUp {
 public:
  /// Since when something is remembered.
  enum class Age {
    earlier_run,
    this_run,  ///< flags that were read in this run need not be read again where that takes a whole listing
  };
  /// `last` is the state that `index` was true for. Both outlive this.
  CatchUp(imap::Session& session, const IdentityRule& rule, const store::SideState& last, MailboxIndex& index, Age age)
      : session_(session), rule_(rule), last_(last), index_(index), age_(age) {}

  /// May be asked together with the SELECT of the mailbox, right behind it. Throws core::Error when the connection is
  /// lost.
  boost::asio::awaitable<void> ask();
  /// Whether the index now holds just the messages of the mailbox as it was opened. Where it does not, something is
  /// remembered wrongly or has changed meanwhile, and all messages must be listed.
  boost::asio::awaitable<bool> succeeded(const imap::MailboxState& now);

  /// Puts into the index what has come so far, when the connection is lost in between; flags are left as they were.
  void salvage();

  /// Where flags have changed.
  [[nodiscard]] FlagsBefore take_before() { return std::move(before_); }

 private:
  boost::asio::awaitable<void> ask_changes();
  boost::asio::awaitable<void> ask_new();
  [[nodiscard]] bool has_mod_seq() const;
  [[nodiscard]] imap::proto::UidSet known_uids() const;

  imap::Session& session_;
  const IdentityRule& rule_;
  const store::SideState& last_;
  MailboxIndex& index_;
  Age age_;
  MailboxIndex new_;
  imap::proto::UidSet gone_;
  FlagsBefore before_;
  bool is_refused_ = false;  ///< by the server
  bool lists_gone_ = false;  ///< gone_ is known to be complete
};

}  // namespace imapferry::sync
