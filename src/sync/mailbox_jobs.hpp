#pragma once

#include "core/task_group.hpp"
#include "store/records.hpp"
#include "sync/context.hpp"
#include "sync/copier.hpp"
#include "sync/known_mailbox.hpp"
#include "sync/lane.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox_sync.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace imapferry::sync {

/// Works through the mailbox pairs of one account, over as many lanes as pay; a pair whose connection is lost is gone
/// on with on a new one.
class MailboxJobs {
 public:
  MailboxJobs(const Context& context, LaneKeeper& lanes);

  /// Labels of Gmail are carried; `names` outlives this.
  void carry_labels(const LabelNames& names) noexcept { label_names_ = &names; }
  /// One pair more; `known` is what the store remembers of it, where there is a store.
  void add(const MailboxPair& pair, Forecast forecast, std::optional<store::MailboxRecord> known);
  /// Throws core::Error when a server does not come back. Mailboxes that fail by themselves are told to the observer.
  boost::asio::awaitable<void> run(Lane first);

  /// Why the rest was not tried, where no other mailbox would have fared better.
  [[nodiscard]] const std::optional<core::Failure>& failure() const noexcept { return failure_; }
  /// Whether a mailbox has failed as a whole.
  [[nodiscard]] bool has_failures() const noexcept { return has_failures_; }
  /// Whether the user's stop has left something undone.
  [[nodiscard]] bool were_cut_short() const noexcept;

 private:
  struct Job {
    const MailboxPair* pair = nullptr;
    Forecast forecast;
    MailboxMemory memory;
    std::optional<KnownMailbox> known;
    unsigned attempts_without_progress = 0;
  };
  [[nodiscard]] std::size_t lanes_that_pay() const;
  [[nodiscard]] Job* take_next();
  boost::asio::awaitable<void> run_lane(Lane lane);
  boost::asio::awaitable<void> run_extra_lane();
  /// Until none is left; or until a server has sent the lane away while others are at work: its side.
  boost::asio::awaitable<std::optional<Side>> run_jobs(Lane& lane, core::TaskGroup& endings);
  boost::asio::awaitable<std::optional<Side>> run_job(Lane& lane, Job& job, core::TaskGroup& endings);
  boost::asio::awaitable<std::optional<core::Failure>> try_job(Lane& lane, Job& job, core::TaskGroup& endings);
  boost::asio::awaitable<void> end_job(std::unique_ptr<MailboxSync> mailbox);
  void give_up(Job& job, const core::Failure& failure);

  const Context& context_;
  LaneKeeper& lanes_;
  const LabelNames* label_names_ = nullptr;
  std::deque<Job> jobs_;
  std::deque<Job*> waiting_;
  std::map<std::string, SharedDestination> shared_;  ///< by name, in one case
  std::set<std::string> destinations_at_work_;       ///< in one case: two sources of one mailbox take turns
  std::size_t lanes_at_work_ = 0;
  std::optional<core::Failure> failure_;
  bool must_stop_ = false;  ///< one mailbox, or a server, has shown that no other mailbox would fare better
  bool has_failures_ = false;
  bool was_cut_short_ = false;
};

}  // namespace imapferry::sync
