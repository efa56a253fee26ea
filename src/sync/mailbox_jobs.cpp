#include "sync/mailbox_jobs.hpp"

#include "core/pause.hpp"
#include "imap/proto/refusal.hpp"
#include "sync/mailbox/folded_name.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using namespace std::chrono_literals;

namespace {

constexpr unsigned attempts_before_one_by_one = 2;
// Another lane pays when it gets so many messages, or so many mailboxes: each of these costs some round trips.
constexpr std::uint64_t messages_that_pay = 500;
constexpr std::size_t mailboxes_that_pay = 6;

/// Where an attempt failed.
struct Blame {
  Side side = Side::destination;
  bool is_connection_lost = false;
  core::Failure failure;  ///< names the server
};

Blame blame_for(const core::Failure& failure, const Lane& lane) {
  Blame blame;
  const bool is_source_lost = !lane.source->is_open();
  blame.is_connection_lost = is_source_lost || !lane.destination->is_open();
  // Where both are open, whose words they are is the first of the failure's.
  const bool is_of_source =
      is_source_lost || (!blame.is_connection_lost && failure.message.starts_with(name_of(Side::source)));
  if (is_of_source) blame.side = Side::source;
  const std::string& address = is_of_source ? lane.source->address() : lane.destination->address();
  const bool names_server = !blame.is_connection_lost || failure.message.starts_with(address);
  blame.failure = names_server ? failure : failure.within(address);
  return blame;
}

}  // namespace

MailboxJobs::MailboxJobs(const Context& context, LaneKeeper& lanes) : context_(context), lanes_(lanes) {}

void MailboxJobs::add(const MailboxPair& pair, Forecast forecast, std::optional<store::MailboxRecord> known) {
  Job& job = jobs_.emplace_back();
  job.pair = &pair;
  job.forecast = forecast;
  if (pair.sources > 1) {
    SharedDestination& shared = shared_[fold_case(pair.destination)];
    job.memory.shared = &shared;
    ++shared.to_come;
    // Others may have nothing to do in this run.
    shared.is_known = shared.to_come == pair.sources;
  }
  if (known) job.known.emplace(*context_.store, context_.account_number, std::move(*known), context_.identity.text());
}

bool MailboxJobs::were_cut_short() const noexcept {
  return was_cut_short_ || (context_.stop.is_requested && !waiting_.empty());
}

std::size_t MailboxJobs::lanes_that_pay() const {
  // What is in one mailbox decides what is copied to the next.
  if (context_.carried != nullptr) return 1;
  std::uint64_t messages = 0;
  for (const Job& job : jobs_) messages += job.forecast.source_messages.value_or(messages_that_pay);
  const std::uint64_t paying = std::max<std::uint64_t>(messages / messages_that_pay, jobs_.size() / mailboxes_that_pay);
  const std::size_t most = std::min(context_.limits.lanes, jobs_.size());
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(paying, 1, std::max<std::size_t>(most, 1)));
}

awaitable<void> MailboxJobs::run(Lane first) {
  const std::size_t wanted = lanes_that_pay();
  for (Job& job : jobs_) waiting_.push_back(&job);
  // The longest first, so that the lanes end together.
  if (wanted > 1) {
    std::stable_sort(waiting_.begin(), waiting_.end(), [](const Job* a, const Job* b) {
      return a->pair->rank != b->pair->rank ? a->pair->rank < b->pair->rank
                                            : a->forecast.source_messages > b->forecast.source_messages;
    });
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup lanes(executor);
  lanes.spawn(run_lane(std::move(first)));
  for (std::size_t i = 1; i < wanted; ++i) lanes.spawn(run_extra_lane());
  co_await lanes.join();
}

/// A lane that cannot be opened is no failure of the account.
awaitable<void> MailboxJobs::run_extra_lane() {
  std::optional<Lane> lane = co_await lanes_.open_extra();
  if (!lane) co_return;
  co_await run_lane(std::move(*lane));
}

awaitable<void> MailboxJobs::run_lane(Lane lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup endings(executor);
  std::optional<core::Failure> failure;
  std::optional<Side> sent_away_by;
  ++lanes_at_work_;
  try {
    sent_away_by = co_await run_jobs(lane, endings);
  } catch (const core::Error& error) {
    failure = error.failure();
    must_stop_ = true;
  }
  --lanes_at_work_;
  co_await endings.join();
  if (failure) throw core::Error(*failure);
  // The endings have worked with it until now.
  if (sent_away_by) lanes_.withhold(*sent_away_by, lane);
  co_await lanes_.close(lane);
}

awaitable<std::optional<Side>> MailboxJobs::run_jobs(Lane& lane, core::TaskGroup& endings) {
  while (!context_.stop.is_requested && !must_stop_) {
    Job* job = take_next();
    if (job == nullptr) break;
    const std::string place = fold_case(job->pair->destination);
    destinations_at_work_.insert(place);
    std::optional<Side> sent_away_by;
    try {
      sent_away_by = co_await run_job(lane, *job, endings);
    } catch (const core::Error&) {
      destinations_at_work_.erase(place);
      throw;
    }
    destinations_at_work_.erase(place);
    if (sent_away_by) {
      waiting_.push_front(job);
      co_return sent_away_by;
    }
    if (job->memory.shared != nullptr) --job->memory.shared->to_come;
  }
  co_return std::nullopt;
}

/// What only waits for another lane's mailbox is left to that lane.
MailboxJobs::Job* MailboxJobs::take_next() {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), [this](const Job* job) {
    return !destinations_at_work_.contains(fold_case(job->pair->destination));
  });
  if (next == waiting_.end()) return nullptr;
  Job* job = *next;
  waiting_.erase(next);
  return job;
}

awaitable<std::optional<Side>> MailboxJobs::run_job(Lane& lane, Job& job, core::TaskGroup& endings) {
  while (true) {
    const std::uint64_t settled_before = job.memory.progress();
    const std::optional<core::Failure> failure = co_await try_job(lane, job, endings);
    if (!failure) co_return std::nullopt;
    const Blame blame = blame_for(*failure, lane);
    const bool is_passing = failure->fault == Fault::unavailable;
    const bool has_progress = job.memory.progress() > settled_before;
    job.attempts_without_progress = has_progress ? 0 : job.attempts_without_progress + 1;
    const bool has_tried_enough = job.attempts_without_progress >= lanes_.pool(blame.side).server().reconnects;
    if ((!blame.is_connection_lost && !is_passing) || context_.stop.is_requested || has_tried_enough) {
      give_up(job, blame.is_connection_lost ? blame.failure.within(name_of(blame.side)) : blame.failure);
      if (blame.is_connection_lost && !context_.stop.is_requested && !must_stop_) co_await lanes_.revive(lane);
      co_return std::nullopt;
    }
    // As many as a batch holds: it is one of these.
    if (blame.is_connection_lost && job.attempts_without_progress >= attempts_before_one_by_one) {
      job.memory.to_go_alone = context_.limits.batch_messages;
    }
    const std::chrono::milliseconds named = imap::proto::wait_named_in(failure->server_text);
    const std::chrono::milliseconds wait =
        std::max(has_progress && !is_passing ? 0ms : core::backoff(std::max(job.attempts_without_progress, 1U)), named);
    // It is the account that goes too fast for the server, not this connection.
    if (named > 0ms) context_.rate.hold(named, core::RateLimit::Clock::now());
    context_.observer.on(Retrying{blame.side, job.pair->source.name, blame.failure, job.attempts_without_progress + 1,
                                  static_cast<std::uint64_t>(wait.count())});
    // A server that sends us away has fewer connections for us than we thought; the other lanes do the rest.
    if (blame.is_connection_lost && is_passing && lanes_at_work_ > 1) co_return blame.side;
    if (wait > 0ms) co_await core::pause_until(wait, context_.stop.is_requested);
    co_await lanes_.revive(lane);
  }
}

awaitable<std::optional<core::Failure>> MailboxJobs::try_job(Lane& lane, Job& job, core::TaskGroup& endings) {
  try {
    KnownMailbox* known = job.known ? &*job.known : nullptr;
    auto mailbox = std::make_unique<MailboxSync>(context_, lane, *job.pair, std::exchange(job.forecast, {}), job.memory,
                                                 known, label_names_);
    const bool is_complete = co_await mailbox->run();
    if (mailbox->has_failures() || !job.memory.refused.empty()) has_failures_ = true;
    if (!is_complete) was_cut_short_ = true;
    if (is_complete) context_.observer.on(MailboxDone{job.pair->source.name, job.pair->destination});
    // In the flight that opens the next mailbox, unless that may change what is noted here.
    if (known != nullptr && job.pair->sources > 1) {
      co_await end_job(std::move(mailbox));
    } else if (known != nullptr) {
      endings.spawn(end_job(std::move(mailbox)));
    }
    co_return std::nullopt;
  } catch (const core::Error& error) {
    co_return error.failure();
  }
}

awaitable<void> MailboxJobs::end_job(std::unique_ptr<MailboxSync> mailbox) {
  try {
    co_await mailbox->note_end();
  } catch (const core::Error&) {
    // The next run finds out.
  }
}

void MailboxJobs::give_up(Job& job, const core::Failure& failure) {
  has_failures_ = true;
  if (job.memory.shared != nullptr) job.memory.shared->is_known = false;
  context_.observer.on(MailboxFailed{job.pair->source.name, job.pair->destination, failure});
  if (failure.fault != Fault::quota) return;
  must_stop_ = true;
  failure_ = failure;
}

}  // namespace imapferry::sync
