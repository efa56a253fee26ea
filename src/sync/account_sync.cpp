#include "sync/account_sync.hpp"

#include "core/pause.hpp"
#include "imap/proto/mailbox_name.hpp"
#include "sync/destination_mailboxes.hpp"
#include "sync/index_reader.hpp"
#include "sync/mailbox_sync.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using namespace std::chrono_literals;

namespace {

constexpr unsigned attempts_before_one_by_one = 2;
constexpr std::chrono::milliseconds first_wait = 500ms;
// Another lane pays when it gets so many messages, or so many mailboxes: each of these costs some round trips.
constexpr std::uint64_t messages_that_pay = 500;
constexpr std::size_t mailboxes_that_pay = 6;
// Commands of some 60 bytes, whose answers are read meanwhile.
constexpr std::size_t states_in_flight = 1000;

std::chrono::milliseconds wait_before(unsigned attempt) { return first_wait * (1 << std::min(attempt, 5U)); }

ListedMailbox listed(const imap::ListEntry& entry) {
  ListedMailbox mailbox;
  mailbox.wire = entry.wire;
  mailbox.name = imap::proto::from_wire(entry.wire).utf8;
  mailbox.delimiter = entry.delimiter;
  mailbox.attributes = entry.attributes;
  mailbox.special_use = entry.special_use;
  mailbox.is_subscribed = entry.is_subscribed;
  return mailbox;
}

}  // namespace

AccountSync::AccountSync(const Context& context)
    : context_(context), source_credentials_{context.account.source.user, context.account.source.password},
      destination_credentials_{context.account.destination.user, context.account.destination.password} {}

imap::Pool& AccountSync::pool(Side side) const { return context_.servers.pool(side); }

const imap::Credentials& AccountSync::credentials(Side side) const {
  return side == Side::source ? source_credentials_ : destination_credentials_;
}

awaitable<AccountOutcome> AccountSync::run() {
  AccountOutcome outcome;
  try {
    co_await synchronise();
  } catch (const core::Error& error) {
    outcome.failure = error.failure();
  }
  if (failure_ && !outcome.failure) outcome.failure = failure_;
  outcome.side = failed_side_;
  outcome.was_stopped = was_cut_short_ || (context_.stop.is_requested && !waiting_.empty());
  co_return outcome;
}

awaitable<void> AccountSync::synchronise() {
  Lane lane;
  co_await open(lane);
  map_both();
  if (context_.rules.just_folder_sizes) {
    co_await weigh(*lane.source, Side::source);
    co_await weigh(*lane.destination, Side::destination);
    co_await leave(lane);
    co_return;
  }
  if (!context_.rules.dry) {
    DestinationMailboxes mailboxes(context_, *lane.destination, map_, destination_names_);
    co_await mailboxes.create();
    if (context_.rules.subscribe) co_await mailboxes.subscribe();
    not_created_ = mailboxes.take_failures();
  }
  if (context_.rules.just_folders) {
    co_await leave(lane);
    co_return;
  }
  co_await ask_missing_states(lane);
  make_jobs();
  co_await run_lanes(std::move(lane));
}

awaitable<void> AccountSync::open(Lane& lane) {
  imap::Place source_place = co_await pool(Side::source).reserve();
  imap::Place destination_place = co_await pool(Side::destination).reserve();
  if (context_.stop.is_requested) {
    was_cut_short_ = true;
    throw core::Error(Fault::cancelled, "stopped before it began");
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(open_side(Side::source, std::move(source_place), lane));
  both.spawn(open_side(Side::destination, std::move(destination_place), lane));
  if (context_.store != nullptr) both.spawn(recall());
  co_await both.join();
}

awaitable<void> AccountSync::recall() {
  std::vector<store::MailboxRecord> records;
  const auto work = [&](store::Backend& backend) { records = backend.mailboxes(context_.account_number); };
  const bool is_read = co_await context_.store->run(work);
  if (!is_read) co_return;
  for (store::MailboxRecord& record : records) {
    std::pair<std::string, std::string> names(record.source, record.destination);
    known_.emplace(std::move(names), std::move(record));
  }
}

const store::MailboxRecord* AccountSync::known(const MailboxPair& pair) const {
  const auto found = known_.find({pair.source.wire, pair.destination_wire});
  return found == known_.end() ? nullptr : &found->second;
}

/// Where LIST did not tell the states of mailboxes that nothing was left to do for: a STATUS for each, all in a few
/// flights.
awaitable<void> AccountSync::ask_missing_states(Lane& lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::size_t next = 0; next < map_.pairs.size();) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < states_in_flight && next < map_.pairs.size(); ++next) {
      const MailboxPair& pair = map_.pairs[next];
      const store::MailboxRecord* record = known(pair);
      if (record == nullptr || record->settled_for.empty()) continue;
      if (!source_states_.contains(record->source)) {
        flight.spawn(ask_state(Side::source, *lane.source, record->source));
        ++n;
      }
      if (!destination_states_.contains(record->destination)) {
        flight.spawn(ask_state(Side::destination, *lane.destination, record->destination));
        ++n;
      }
    }
    co_await flight.join();
  }
}

awaitable<void> AccountSync::ask_state(Side side, imap::Session& session, std::string mailbox) {
  core::Result<imap::MailboxStatus> status = co_await session.status(mailbox);
  if (!status) co_return;
  (side == Side::source ? source_states_ : destination_states_).emplace(std::move(mailbox), *status);
}

bool AccountSync::is_unchanged(const MailboxPair& pair, const store::MailboxRecord& record) const {
  const auto is_equal = [this](const States& states, const std::string& wire, const store::SideState& last) {
    const auto found = states.find(wire);
    if (found == states.end()) return false;
    const imap::MailboxStatus& now = found->second;
    // Without modification sequences flags may have changed unnoticed; a server that keeps none may tell 1 for ever.
    const bool has_same_flags =
        context_.rules.flags == config::FlagRule::keep || (now.mod_seq > 1 && now.mod_seq == last.mod_seq);
    return last.uid_validity != 0 && now.uid_validity == last.uid_validity && now.uid_next != 0 &&
           now.uid_next == last.uid_next && now.messages == last.messages && has_same_flags;
  };
  return record.settled_for == settling_rules(context_.rules) &&
         is_equal(source_states_, pair.source.wire, record.source_state) &&
         is_equal(destination_states_, pair.destination_wire, record.destination_state);
}

void AccountSync::tell_nothing_to_do(const MailboxPair& pair, const store::MailboxRecord& record) {
  MailboxPlanned planned;
  planned.source = pair.source.name;
  planned.destination = pair.destination;
  planned.source_messages = record.source_state.messages;
  planned.destination_messages = record.destination_state.messages;
  planned.already_there = record.counts.pairs;
  planned.source_duplicates = record.counts.source_duplicates;
  planned.destination_duplicates = record.counts.destination_duplicates;
  planned.destination_only = record.counts.destination_only;
  planned.dry = context_.rules.dry;
  context_.observer.on(planned);
  context_.observer.on(MailboxDone{pair.source.name, pair.destination});
}

awaitable<void> AccountSync::open_side(Side side, imap::Place place, Lane& lane) {
  core::Failure failure;
  imap::Lease& slot = side == Side::source ? lane.source : lane.destination;
  try {
    slot = co_await pool(side).open(std::move(place), credentials(side));
    co_await read_names(side, *slot);
    tell_connected(side, *slot);
    co_return;
  } catch (const core::Error& error) {
    failure = slot ? error.failure().within("listing mailboxes").within(slot->address()) : error.failure();
  }
  if (!failed_side_) failed_side_ = side;
  throw core::Error(failure);
}

void AccountSync::tell_connected(Side side, const imap::Session& session) {
  context_.observer.on(
      Connected{side, session.address(), session.protection(), session.greeting(), session.software()});
}

/// Everything that needs no earlier answer goes in one flight.
awaitable<void> AccountSync::read_names(Side side, imap::Session& session) {
  const auto executor = co_await boost::asio::this_coro::executor;
  SideNames names;
  std::vector<imap::proto::Namespace> personal;
  core::TaskGroup flight(executor);
  if (pool(side).server().send_id) flight.spawn(session.introduce());
  flight.spawn(read_namespaces(session, personal));
  flight.spawn(read_list(side, session, names.mailboxes));
  co_await flight.join();
  names.name_space = name_space_of(personal, names.mailboxes);
  (side == Side::source ? source_names_ : destination_names_) = std::move(names);
}

awaitable<void> AccountSync::read_namespaces(imap::Session& session, std::vector<imap::proto::Namespace>& personal) {
  personal = co_await session.personal_namespaces();
}

awaitable<void> AccountSync::read_list(Side side, imap::Session& session, std::vector<ListedMailbox>& mailboxes) {
  core::Result<std::vector<imap::ListEntry>> entries = co_await session.list();
  if (!entries) throw core::Error(entries.error());
  for (const imap::ListEntry& entry : *entries) {
    mailboxes.push_back(listed(entry));
    if (!entry.status) continue;
    (side == Side::source ? source_states_ : destination_states_)[entry.wire] = *entry.status;
  }
}

void AccountSync::map_both() {
  core::Result<MailboxMap> map = map_mailboxes(source_names_, destination_names_, context_.rules);
  if (!map) throw core::Error(map.error());
  map_ = std::move(*map);
  MailboxesMapped event;
  event.left_out = map_.left_out.size();
  for (const MailboxPair& pair : map_.pairs) event.pairs.push_back({pair.source.name, pair.destination, pair.exists});
  context_.observer.on(event);
  for (const MailboxProblem& problem : map_.problems) {
    context_.observer.on(
        MailboxFailed{problem.source, problem.destination, core::Failure{Fault::create, problem.reason, {}}});
  }
}

awaitable<void> AccountSync::weigh(imap::Session& session, Side side) {
  for (const MailboxPair& pair : map_.pairs) {
    if (side == Side::destination && !pair.exists) continue;
    const std::string& wire = side == Side::source ? pair.source.wire : pair.destination_wire;
    MailboxWeighed event;
    event.side = side;
    event.name = side == Side::source ? pair.source.name : pair.destination;
    core::Result<imap::MailboxState> state = co_await session.select(wire, imap::SelectMode::read_only);
    if (!state) {
      context_.observer.on(MailboxFailed{pair.source.name, pair.destination, state.error()});
      continue;
    }
    if (state->exists > 0) {
      MailboxIndex index;
      co_await read_index(session, context_.key, "1:*", IndexDepth::light, state->exists, index);
      event.messages = index.size();
      event.bytes = index.total_bytes();
      for (std::size_t i = 0; i < index.size(); ++i) event.biggest = std::max(event.biggest, index.message_size(i));
    }
    context_.observer.on(event);
  }
}

Forecast AccountSync::forecast_of(const MailboxPair& pair) const {
  Forecast forecast;
  const auto source = source_states_.find(pair.source.wire);
  if (source != source_states_.end()) forecast.source_messages = source->second.messages;
  const auto destination = destination_states_.find(pair.destination_wire);
  if (destination != destination_states_.end()) forecast.destination_messages = destination->second.messages;
  // What this run has just created.
  if (!pair.exists) forecast.destination_messages = 0;
  return forecast;
}

void AccountSync::make_jobs() {
  for (const MailboxPair& pair : map_.pairs) {
    if (not_created_.contains(pair.destination_wire)) continue;
    Job job;
    job.pair = &pair;
    job.forecast = forecast_of(pair);
    store::MailboxRecord record;
    if (const store::MailboxRecord* found = known(pair)) record = *found;
    record.source = pair.source.wire;
    record.destination = pair.destination_wire;
    if (job.forecast.source_messages == 0U) {
      tell_nothing_to_do(pair, {});
    } else if (is_unchanged(pair, record)) {
      tell_nothing_to_do(pair, record);
    } else {
      if (context_.store != nullptr) job.known.emplace(*context_.store, context_.account_number, std::move(record));
      jobs_.push_back(std::move(job));
    }
  }
  for (Job& job : jobs_) waiting_.push_back(&job);
  // The longest first, so that the lanes end together.
  if (lanes_that_pay() > 1) {
    std::stable_sort(waiting_.begin(), waiting_.end(), [](const Job* a, const Job* b) {
      return a->forecast.source_messages > b->forecast.source_messages;
    });
  }
}

std::size_t AccountSync::lanes_that_pay() const {
  std::uint64_t messages = 0;
  for (const Job& job : jobs_) messages += job.forecast.source_messages.value_or(messages_that_pay);
  const std::uint64_t paying = std::max<std::uint64_t>(messages / messages_that_pay, jobs_.size() / mailboxes_that_pay);
  const std::size_t most = std::min(context_.limits.lanes, jobs_.size());
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(paying, 1, std::max<std::size_t>(most, 1)));
}

awaitable<void> AccountSync::run_lanes(Lane first) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup lanes(executor);
  const std::size_t wanted = lanes_that_pay();
  lanes.spawn(run_lane(std::move(first)));
  for (std::size_t i = 1; i < wanted; ++i) lanes.spawn(run_extra_lane());
  co_await lanes.join();
}

/// A lane more, if both servers have room at this moment; its failure to open is no failure of the account.
awaitable<void> AccountSync::run_extra_lane() {
  imap::Place source_place = pool(Side::source).reserve_if_free();
  imap::Place destination_place = pool(Side::destination).reserve_if_free();
  if (!source_place || !destination_place) co_return;
  const auto executor = co_await boost::asio::this_coro::executor;
  Lane lane;
  core::TaskGroup both(executor);
  both.spawn(open_extra(Side::source, std::move(source_place), lane.source));
  both.spawn(open_extra(Side::destination, std::move(destination_place), lane.destination));
  try {
    co_await both.join();
  } catch (const core::Error&) {
    co_return;
  }
  co_await run_lane(std::move(lane));
}

awaitable<void> AccountSync::open_extra(Side side, imap::Place place, imap::Lease& lease) {
  lease = co_await pool(side).open_now(std::move(place), credentials(side));
}

awaitable<void> AccountSync::run_lane(Lane lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup endings(executor);
  std::optional<core::Failure> failure;
  try {
    co_await run_jobs(lane, endings);
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  co_await endings.join();
  if (failure) throw core::Error(*failure);
  co_await leave(lane);
}

awaitable<void> AccountSync::run_jobs(Lane& lane, core::TaskGroup& endings) {
  while (!waiting_.empty() && !context_.stop.is_requested && !must_stop_) {
    Job* job = waiting_.front();
    waiting_.pop_front();
    co_await run_job(lane, *job, endings);
  }
}

awaitable<void> AccountSync::leave(Lane& lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup goodbyes(executor);
  if (lane.source) goodbyes.spawn(lane.source->logout());
  if (lane.destination) goodbyes.spawn(lane.destination->logout());
  co_await goodbyes.join();
}

awaitable<std::optional<core::Failure>> AccountSync::try_job(Lane& lane, Job& job, core::TaskGroup& endings) {
  try {
    KnownMailbox* known = job.known ? &*job.known : nullptr;
    auto mailbox =
        std::make_unique<MailboxSync>(context_, lane, *job.pair, std::exchange(job.forecast, {}), job.memory, known);
    const bool is_complete = co_await mailbox->run();
    if (!is_complete) was_cut_short_ = true;
    if (is_complete) context_.observer.on(MailboxDone{job.pair->source.name, job.pair->destination});
    // In the flight that opens the next mailbox.
    if (known != nullptr) endings.spawn(end_job(std::move(mailbox)));
    co_return std::nullopt;
  } catch (const core::Error& error) {
    co_return error.failure();
  }
}

awaitable<void> AccountSync::end_job(std::unique_ptr<MailboxSync> mailbox) {
  try {
    co_await mailbox->note_end();
  } catch (const core::Error&) {
    // The next run finds out.
  }
}

awaitable<void> AccountSync::run_job(Lane& lane, Job& job, core::TaskGroup& endings) {
  while (true) {
    const std::uint64_t settled_before = job.memory.progress();
    const std::optional<core::Failure> failure = co_await try_job(lane, job, endings);
    if (!failure) co_return;
    const bool is_source_lost = !lane.source->is_open();
    const bool is_connection_lost = is_source_lost || !lane.destination->is_open();
    // The server asks to come back later; whose words they are is the first of the failure's.
    const bool is_passing = failure->fault == Fault::unavailable;
    const bool is_of_source =
        is_source_lost || (!is_connection_lost && failure->message.starts_with(name_of(Side::source)));
    const Side side = is_of_source ? Side::source : Side::destination;
    const std::string& address = is_of_source ? lane.source->address() : lane.destination->address();
    const bool names_server = !is_connection_lost || failure->message.starts_with(address);
    const core::Failure told = names_server ? *failure : failure->within(address);
    const bool has_progress = job.memory.progress() > settled_before;
    job.attempts_without_progress = has_progress ? 0 : job.attempts_without_progress + 1;
    const bool has_tried_enough = job.attempts_without_progress >= pool(side).server().reconnects;
    if ((!is_connection_lost && !is_passing) || context_.stop.is_requested || has_tried_enough) {
      give_up(job, is_connection_lost ? told.within(name_of(side)) : told);
      if (is_connection_lost && !context_.stop.is_requested && !must_stop_) co_await revive(lane);
      co_return;
    }
    // As many as a batch holds: it is one of these.
    if (is_connection_lost && job.attempts_without_progress >= attempts_before_one_by_one) {
      job.memory.to_go_alone = context_.limits.batch_messages;
    }
    const std::chrono::milliseconds wait =
        has_progress && !is_passing ? 0ms : wait_before(std::max(job.attempts_without_progress, 1U) - 1);
    context_.observer.on(Retrying{side, job.pair->source.name, told, job.attempts_without_progress + 1,
                                  static_cast<std::uint64_t>(wait.count())});
    if (wait > 0ms) co_await core::pause(wait);
    co_await revive(lane);
  }
}

void AccountSync::give_up(Job& job, const core::Failure& failure) {
  context_.observer.on(MailboxFailed{job.pair->source.name, job.pair->destination, failure});
  if (failure.fault != Fault::quota) return;
  must_stop_ = true;
  failure_ = failure;
  failed_side_ = Side::destination;
}

/// Opens anew what is closed. Throws core::Error when a server does not come back: that ends the account.
awaitable<void> AccountSync::revive(Lane& lane) {
  if (!lane.source->is_open()) co_await revive_side(Side::source, lane.source);
  if (!lane.destination->is_open()) co_await revive_side(Side::destination, lane.destination);
}

awaitable<void> AccountSync::revive_side(Side side, imap::Lease& lease) {
  for (unsigned attempt = 1;; ++attempt) {
    core::Failure failure;
    // The place is kept over all attempts: waiting for one while holding the other server's could go in a circle.
    try {
      std::unique_ptr<imap::Session> session = co_await pool(side).open_session(credentials(side));
      lease.replace(std::move(session));
      co_return;
    } catch (const core::Error& error) {
      failure = error.failure();
    }
    if (!core::is_transient(failure.fault) || attempt >= pool(side).server().reconnects || context_.stop.is_requested) {
      failed_side_ = side;
      must_stop_ = true;
      throw core::Error(failure);
    }
    const std::chrono::milliseconds wait = wait_before(attempt);
    context_.observer.on(Retrying{side, {}, failure, attempt, static_cast<std::uint64_t>(wait.count())});
    co_await core::pause(wait);
  }
}

}  // namespace imapferry::sync
