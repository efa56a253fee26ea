#pragma once

#include "core/failure.hpp"
#include "sync/context.hpp"
#include "sync/lane.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox_jobs.hpp"
#include "sync/mailbox_removal.hpp"
#include "sync/mailbox_sync.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::sync {

/// How the synchronisation of an account ended.
struct AccountOutcome {
  std::optional<core::Failure> failure;
  std::optional<Side> side;  ///< whose failure it was
  bool was_stopped = false;
};

/// What imapsync does, for one account: connect, list and map mailboxes, create what is missing, then every mailbox
/// pair, lane by lane.
class AccountSync {
 public:
  explicit AccountSync(const Context& context);

  /// Never throws core::Error: how it ended is the result.
  boost::asio::awaitable<AccountOutcome> run();

 private:
  boost::asio::awaitable<void> synchronise();
  boost::asio::awaitable<void> open_side(Side side, imap::Place place, Lane& lane);
  boost::asio::awaitable<void> open(Lane& lane);
  boost::asio::awaitable<void> read_names(Side side, imap::Session& session);
  boost::asio::awaitable<void> read_namespaces(imap::Session& session, imap::Namespaces& namespaces);
  boost::asio::awaitable<void> read_list(Side side, imap::Session& session, std::vector<ListedMailbox>& mailboxes);
  boost::asio::awaitable<void> read_quota(imap::Session& session);
  [[nodiscard]] std::uint64_t bytes_to_come() const;
  void tell_room();
  boost::asio::awaitable<void> recall();
  void map_both();
  [[nodiscard]] bool can_carry_labels(const Lane& lane);
  void name_labels();
  void tell_list(Side side);
  boost::asio::awaitable<void> find_empty(imap::Session& source);
  boost::asio::awaitable<void> make_mailboxes(Lane& lane);
  boost::asio::awaitable<void> delete_mailboxes();
  boost::asio::awaitable<void> delete_superfluous();
  boost::asio::awaitable<void> delete_empty();
  boost::asio::awaitable<void> delete_in(Side side, DeletionOrder order, MailboxRemoval::Which which);
  boost::asio::awaitable<void> ask_missing_states(Lane& lane);
  boost::asio::awaitable<void> ask_state(Side side, imap::Session& session, std::string mailbox);
  [[nodiscard]] const store::MailboxRecord* known(const MailboxPair& pair) const;
  [[nodiscard]] bool is_unchanged(const MailboxPair& pair, const store::MailboxRecord& record) const;
  void tell_nothing_to_do(const MailboxPair& pair, const store::MailboxRecord& record);
  boost::asio::awaitable<void> weigh(imap::Session& session, Side side);
  [[nodiscard]] Forecast forecast_of(const MailboxPair& pair) const;
  void tell_selection(Side side) const;
  void add_jobs();
  void tell_connected(Side side, const imap::Session& session);

  const Context& context_;
  LaneKeeper lanes_;
  std::optional<Side> failed_side_;
  SideNames source_names_;
  SideNames destination_names_;
  using States = std::map<std::string, imap::MailboxStatus>;
  States source_states_;       ///< by wire name, where the server told them
  States destination_states_;  ///< likewise
  std::map<std::pair<std::string, std::string>, store::MailboxRecord> known_;  ///< by wire names, from the store
  std::map<std::string, core::Failure> not_created_;                           ///< by wire name on the destination
  MailboxMap map_;
  LabelNames label_names_;
  MailboxJobs jobs_;
  imap::proto::StorageQuota room_;  ///< of the destination
  bool was_cut_short_ = false;      ///< the user's stop has left something undone
};

}  // namespace imapferry::sync
