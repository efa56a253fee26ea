#include "run/scheduler.hpp"

#include "core/pause.hpp"
#include "core/task_group.hpp"
#include "run/account_record.hpp"
#include "sync/account_sync.hpp"
#include "sync/inbox_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>
#include <thread>
#include <utility>

namespace imapferry::run {

using boost::asio::awaitable;

namespace {

constexpr std::size_t default_accounts = 32;
constexpr std::size_t least_batch_bytes = 64 << 10;
// A lane needs several batches in flight, and lanes share the memory: a batch is a small part of it.
constexpr std::size_t batches_in_memory = 16;
constexpr std::chrono::milliseconds busy_wait{500};
constexpr std::size_t least_processes = 4;

/// What connections, code and bookkeeping need beside the messages in transit is known from measurements with 64
/// accounts at once.
std::size_t message_memory(const config::RunLimits& limits) { return limits.memory / 8 * 3; }

std::size_t or_default(std::size_t value, std::size_t fallback) { return value > 0 ? value : fallback; }

sync::IdentityKey draw_key() {
  std::random_device device;
  const auto word = [&] { return (static_cast<std::uint64_t>(device()) << 32) | device(); };
  sync::IdentityKey key;
  key.bits[0] = word();
  key.bits[1] = word();
  return key;
}

sync::CopyLimits limits_of(const config::RunLimits& limits) {
  sync::CopyLimits copy;
  copy.batch_messages = or_default(limits.batch_messages, copy.batch_messages);
  copy.batch_bytes = or_default(limits.batch_bytes, copy.batch_bytes);
  copy.batch_bytes = std::max(least_batch_bytes, std::min(copy.batch_bytes, limits.memory / batches_in_memory));
  copy.lanes = or_default(limits.lanes, copy.lanes);
  return copy;
}

/// Gives the events of one account their name, and to the store what it keeps of them; stops the account at its limits.
class AccountObserver : public sync::Observer {
 public:
  AccountObserver(run::Observer& observer, const AccountRef& account, AccountRecord* record,
                  const config::RunLimits& limits, sync::Stop& stop)
      : observer_(observer), account_(account), record_(record), limits_(limits), stop_(stop) {}
  void on(const sync::Event& event) override {
    if (record_ != nullptr) record_->on(event);
    observer_.on(account_, AccountEvent(event), Clock::now());
    watch_limits(event);
  }
  [[nodiscard]] bool wants_messages() const override { return observer_.wants_messages(); }
  /// The limit that was reached first.
  [[nodiscard]] std::optional<Limit> limit() const noexcept { return limit_; }

 private:
  void watch_limits(const sync::Event& event) {
    if (const auto* copied = std::get_if<sync::MessagesCopied>(&event)) {
      bytes_ += copied->bytes;
      if (limits_.transferred_bytes > 0 && bytes_ >= limits_.transferred_bytes) reach(Limit::transfer);
    } else if (std::holds_alternative<sync::MessageRefused>(event) ||
               std::holds_alternative<sync::MailboxFailed>(event)) {
      if (limits_.errors > 0 && ++errors_ >= limits_.errors) reach(Limit::errors);
    }
  }
  void reach(Limit limit) {
    if (!limit_) limit_ = limit;
    stop_.is_requested = true;
  }

  run::Observer& observer_;
  const AccountRef& account_;
  AccountRecord* record_;
  const config::RunLimits& limits_;
  sync::Stop& stop_;
  std::uint64_t errors_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<Limit> limit_;
};

sync::WireHearer wire_hearer(bool is_wanted, Observer& observer, sync::Side side) {
  if (!is_wanted) return {};
  return [&observer, side](std::string_view line) { observer.on_wire(side, line); };
}

}  // namespace

Scheduler::Scheduler(const boost::asio::any_io_executor& executor, const config::RunConfig& config, store::Store* store,
                     Observer& observer)
    : executor_(executor), config_(config), store_(store), observer_(observer), limits_(limits_of(config.limits)),
      identity_(store != nullptr ? store->key() : draw_key(), config.rules.identity),
      servers_(config.source, config.destination, store != nullptr,
               wire_hearer(config.output.wire_source, observer, sync::Side::source),
               wire_hearer(config.output.wire_destination, observer, sync::Side::destination)),
      memory_(std::max(message_memory(config.limits), limits_.batch_bytes)),
      processes_(std::max(least_processes, 2 * std::size_t{std::thread::hardware_concurrency()})),
      places_(or_default(config.limits.max_accounts, default_accounts)) {}

void Scheduler::request_stop(StopRequested why) {
  stop_.is_requested = true;
  for (sync::Stop* stop : account_stops_) stop->is_requested = true;
  servers_.give_up();
  tell(why);
}

void Scheduler::reconnect() { servers_.reconnect(); }

awaitable<void> Scheduler::run() {
  const std::size_t hosts = (config_.source.host.empty() ? 0U : 1U) + (config_.destination.host.empty() ? 0U : 1U);
  const std::size_t accounts = config_.just_connect ? hosts : config_.accounts.size();
  tell(RunStarted{accounts, config_.source.host, config_.destination.host});
  if (config_.just_connect) {
    co_await connect_only();
  } else {
    core::TaskGroup tasks(executor_);
    for (std::size_t number = 0; number < accounts && !stop_.is_requested; ++number) {
      core::Semaphore::Permit place = co_await places_.acquire();
      if (stop_.is_requested) break;
      tasks.spawn(take(number, std::move(place)));
    }
    co_await tasks.join();
  }
  tell(RunFinished{});
}

awaitable<void> Scheduler::take(std::size_t number, core::Semaphore::Permit) {
  const config::AccountSpec& account = config_.accounts[number];
  const AccountRef ref{number, account.name};
  tell(ref, AccountStarted{});
  AccountFinished end = co_await synchronise(ref, account);
  tell(ref, end);
  if (config_.puts_reports()) co_await place_reports(ref, account, !end.failure);
  tell_trouble();
}

/// One message for both sides, so that a later run finds it there already. An account that did not come to its end gets
/// none.
awaitable<void> Scheduler::place_reports(const AccountRef& ref, const config::AccountSpec& account, bool has_ended) {
  ReportsPlaced reports;
  if (has_ended && !stop_.is_requested) {
    const std::string message = observer_.report_on(ref);
    for (const sync::Side side : {sync::Side::destination, sync::Side::source}) {
      const bool is_wanted =
          side == sync::Side::source ? config_.output.report_to_source : config_.output.report_to_destination;
      if (!is_wanted) continue;
      ReportPlaced& place = reports.places.emplace_back();
      place.side = side;
      place.failure = co_await sync::put_into_inbox(servers_, account, worker_, side, message);
    }
  }
  tell(ref, reports);
}

awaitable<AccountFinished> Scheduler::synchronise(const AccountRef& ref, const config::AccountSpec& account) {
  AccountFinished end;
  std::optional<AccountRecord> record;
  store::AccountKey key = key_of(config_, account);
  std::int64_t number = 0;
  if (store_ != nullptr) {
    end.failure = co_await hold(key);
    if (end.failure) co_return end;
    record.emplace(*store_, key, account.name);
    // Changes of nothing are no run.
    if (!config_.rules.dry) number = co_await record->begin();
  }
  // The limits of an account are its own: they stop none of the others.
  sync::Stop stop = stop_;
  account_stops_.insert(&stop);
  AccountObserver observer(observer_, ref, record ? &*record : nullptr, config_.limits, stop);
  store::Store* store = number != 0 ? store_ : nullptr;
  core::RateLimit rate(config_.limits.rates, rates_hold_);
  sync::Context context{servers_, account,   config_.rules, limits_, worker_, memory_, processes_,
                        stop,     identity_, observer,      rate,    store,   number};
  context.begun_at = std::time(nullptr);
  sync::CarriedMessages carried;
  if (config_.rules.selection.skip_cross_duplicates) context.carried = &carried;
  sync::AccountSync work(context);
  sync::AccountOutcome outcome = co_await work.run();
  account_stops_.erase(&stop);
  end.failure = std::move(outcome.failure);
  end.side = outcome.side;
  end.was_stopped = outcome.was_stopped;
  // Reached with the last message, a limit has stopped nothing.
  if (end.was_stopped && !stop_.is_requested) end.limit = observer.limit();
  if (record) record->end(end);
  if (store_ != nullptr) store_->locks().release(key);
  co_return end;
}

/// Takes an account for this process, or says why that cannot be.
awaitable<std::optional<core::Failure>> Scheduler::hold(const store::AccountKey& key) {
  while (true) {
    const std::optional<pid_t> holder = store_->locks().hold(key);
    if (!holder) co_return std::nullopt;
    if (!config_.state.wait || stop_.is_requested) {
      co_return core::Failure{
          core::Fault::busy,
          fmt::format("process {} works on this account (store {}); --wait waits for it", *holder, store_->path()),
          {}};
    }
    co_await core::pause(busy_wait);
  }
}

void Scheduler::tell_trouble() {
  if (store_ == nullptr) return;
  if (auto trouble = store_->take_trouble()) tell(StoreTrouble{std::move(*trouble)});
}

/// --justconnect: who answers, and how the connection is protected. Nobody logs in; each server is told as an account.
awaitable<void> Scheduler::connect_only() {
  std::size_t number = 0;
  for (const sync::Side side : {sync::Side::source, sync::Side::destination}) {
    const bool is_source = side == sync::Side::source;
    const config::ServerSpec& spec = is_source ? config_.source : config_.destination;
    if (spec.host.empty()) continue;
    const AccountRef ref{number++, is_source ? "host1" : "host2"};
    tell(ref, AccountStarted{});
    AccountFinished end;
    try {
      sync::Connected connected = co_await servers_.greet(side);
      tell(ref, sync::Event(std::move(connected)));
    } catch (const core::Error& error) {
      end.failure = error.failure();
      end.side = side;
    }
    tell(ref, end);
  }
}

}  // namespace imapferry::run
