#pragma once

#include "core/condition.hpp"
#include "sync/context.hpp"
#include "sync/copier.hpp"
#include "sync/known_mailbox.hpp"
#include "sync/mailbox_map.hpp"
#include "sync/mailbox_sync.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
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
  /// A mailbox pair on its way through the lanes.
  struct Job {
    const MailboxPair* pair = nullptr;
    Forecast forecast;
    MailboxMemory memory;
    std::optional<KnownMailbox> known;
    unsigned attempts_without_progress = 0;
  };

  boost::asio::awaitable<void> synchronise();
  boost::asio::awaitable<void> open_side(Side side, imap::Place place, Lane& lane);
  boost::asio::awaitable<void> open(Lane& lane);
  boost::asio::awaitable<void> read_names(Side side, imap::Session& session);
  boost::asio::awaitable<void> read_namespaces(imap::Session& session, std::vector<imap::proto::Namespace>& personal);
  boost::asio::awaitable<void> read_list(Side side, imap::Session& session, std::vector<ListedMailbox>& mailboxes);
  boost::asio::awaitable<void> recall();
  void map_both();
  boost::asio::awaitable<void> ask_missing_states(Lane& lane);
  boost::asio::awaitable<void> ask_state(Side side, imap::Session& session, std::string mailbox);
  [[nodiscard]] const store::MailboxRecord* known(const MailboxPair& pair) const;
  [[nodiscard]] bool is_unchanged(const MailboxPair& pair, const store::MailboxRecord& record) const;
  void tell_nothing_to_do(const MailboxPair& pair, const store::MailboxRecord& record);
  boost::asio::awaitable<void> weigh(imap::Session& session, Side side);
  [[nodiscard]] Forecast forecast_of(const MailboxPair& pair) const;
  void make_jobs();
  boost::asio::awaitable<void> run_lanes(Lane first);
  boost::asio::awaitable<void> run_lane(Lane lane);
  boost::asio::awaitable<void> run_extra_lane();
  boost::asio::awaitable<void> open_extra(Side side, imap::Place place, imap::Lease& lease);
  boost::asio::awaitable<void> run_jobs(Lane& lane, core::TaskGroup& endings);
  boost::asio::awaitable<void> run_job(Lane& lane, Job& job, core::TaskGroup& endings);
  boost::asio::awaitable<std::optional<core::Failure>> try_job(Lane& lane, Job& job, core::TaskGroup& endings);
  boost::asio::awaitable<void> end_job(std::unique_ptr<MailboxSync> mailbox);
  boost::asio::awaitable<void> revive(Lane& lane);
  boost::asio::awaitable<void> revive_side(Side side, imap::Lease& lease);
  boost::asio::awaitable<void> leave(Lane& lane);
  void give_up(Job& job, const core::Failure& failure);
  [[nodiscard]] std::size_t lanes_that_pay() const;
  void tell_connected(Side side, const imap::Session& session);
  [[nodiscard]] imap::Pool& pool(Side side) const;
  [[nodiscard]] const imap::Credentials& credentials(Side side) const;

  const Context& context_;
  imap::Credentials source_credentials_;
  imap::Credentials destination_credentials_;
  std::optional<core::Failure> failure_;
  std::optional<Side> failed_side_;
  SideNames source_names_;
  SideNames destination_names_;
  using States = std::map<std::string, imap::MailboxStatus>;
  States source_states_;       ///< by wire name, where the server told them
  States destination_states_;  ///< likewise
  std::map<std::pair<std::string, std::string>, store::MailboxRecord> known_;  ///< by wire names, from the store
  std::map<std::string, core::Failure> not_created_;                           ///< by wire name on the destination
  MailboxMap map_;
  std::deque<Job> jobs_;
  std::deque<Job*> waiting_;
  bool was_cut_short_ = false;  ///< the user's stop has left something undone
  bool must_stop_ = false;      ///< one mailbox has shown that no other would fare better
};

}  // namespace imapferry::sync
