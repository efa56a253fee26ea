#pragma once

#include "config/run_config.hpp"
#include "store/store.hpp"
#include "sync/message/mailbox_index.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::sync {

/// The rules that decide whether a mailbox pair has anything left to do: what was settled under others may not be so
/// under these. Empty for rules under which nothing is ever settled.
[[nodiscard]] std::string settling_rules(const config::SyncRules& rules);

/// All that is known of a mailbox pair at some moment.
struct MailboxSnapshot {
  MailboxIndex source;
  MailboxIndex destination;
  std::vector<imap::proto::Uid> copies;  ///< by position in `source`: the UID on the destination, or 0
  std::set<imap::proto::Uid> deleted;    ///< UIDs on the source of messages that somebody deleted on the destination
  imap::proto::UidSet orphans;           ///< UIDs on the destination of copies of what has left the source
  imap::proto::UidSet confirmed;         ///< UIDs on the source of messages whose copies we have made, beyond doubt
};

/// A mailbox pair in the store: what earlier runs knew of it, and what this one adds.
class KnownMailbox {
 public:
  /// `record` has no number when the pair is new. The store outlives this.
  /// Messages that were identified by another rule than `identified_by` are as good as unknown.
  KnownMailbox(store::Store& store, std::int64_t account, store::MailboxRecord record, std::string identified_by);

  [[nodiscard]] const store::MailboxRecord& record() const noexcept { return record_; }

  /// Reads the messages of earlier runs; dates are not among what is remembered. An empty snapshot when there are none
  /// or the store cannot be used.
  boost::asio::awaitable<MailboxSnapshot> load();
  /// Writes what is known now, so much of it as differs from what is written already. The states' UIDNEXT are lowered
  /// to the first message that is not identified. The caller's number and names of the record do not count.
  boost::asio::awaitable<void> write(const MailboxSnapshot& now, store::MailboxRecord record,
                                     const std::vector<store::RefusedMessage>& refused);
  /// Notes that the destination has confirmed messages, by position on the source, behind what was written before.
  void confirm(const MailboxSnapshot& now, std::span<const std::uint32_t> positions);
  [[nodiscard]] bool is_written() const noexcept { return record_.id != 0 && is_of_this_rule_; }

 private:
  void read(store::Backend& backend, MailboxSnapshot& snapshot);
  void write_chunks(store::Backend& backend, const MailboxSnapshot& now);

  store::Store& store_;
  std::int64_t account_;
  store::MailboxRecord record_;
  std::string identified_by_;
  bool is_of_this_rule_;                           ///< what is written
  std::map<std::int64_t, std::uint64_t> written_;  ///< checksums of the chunks in the store, by number
};

}  // namespace imapferry::sync
