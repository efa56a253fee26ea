#pragma once

#include "config/run_config.hpp"
#include "core/semaphore.hpp"
#include "run/event.hpp"
#include "store/store.hpp"
#include "sync/context.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>

namespace imapferry::run {

/// Takes the accounts of a run through, a bounded number of them at once. An account's failure is its own.
class Scheduler {
 public:
  /// All of them outlive the scheduler. `store` is null where nothing is remembered.
  Scheduler(const boost::asio::any_io_executor& executor, const config::RunConfig& config, store::Store* store,
            Observer& observer);

  /// Returns when every account has ended, or none is in work after a stop.
  boost::asio::awaitable<void> run();
  /// Batches in flight are finished, nothing new begins.
  void request_stop(StopRequested why);
  /// Closes every connection; the work goes on with new ones.
  void reconnect();
  /// Lifts the limits of how fast is copied, or brings them back; whether they hold now.
  bool toggle_rates() noexcept { return rates_hold_ = !rates_hold_; }

 private:
  boost::asio::awaitable<void> take(std::size_t number, core::Semaphore::Permit place);
  boost::asio::awaitable<AccountFinished> synchronise(const AccountRef& ref, const config::AccountSpec& account);
  boost::asio::awaitable<void> place_reports(const AccountRef& ref, const config::AccountSpec& account, bool has_ended);
  boost::asio::awaitable<std::optional<core::Failure>> hold(const store::AccountKey& key);
  void tell_trouble();
  boost::asio::awaitable<void> connect_only();
  void tell(const RunEvent& event) { observer_.on(event, Clock::now()); }
  void tell(const AccountRef& account, const AccountEvent& event) { observer_.on(account, event, Clock::now()); }

  boost::asio::any_io_executor executor_;
  const config::RunConfig& config_;
  store::Store* store_;
  Observer& observer_;
  sync::CopyLimits limits_;
  sync::IdentityRule identity_;
  sync::Stop stop_;
  bool rates_hold_ = true;
  std::set<sync::Stop*> account_stops_;  ///< of the accounts in work
  sync::Servers servers_;
  core::Worker worker_;
  core::Semaphore memory_;
  core::Semaphore processes_;
  core::Semaphore places_;
};

}  // namespace imapferry::run
