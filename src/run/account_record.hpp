#pragma once

#include "run/event.hpp"
#include "store/store.hpp"
#include "sync/context.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace imapferry::run {

/// What the store calls an account of this run.
[[nodiscard]] store::AccountKey key_of(const config::RunConfig& config, const config::AccountSpec& account);

/// Writes down how the run of one account begins, what it does and how it ends.
class AccountRecord {
 public:
  AccountRecord(store::Store& store, store::AccountKey key, std::string name)
      : store_(store), key_(std::move(key)), name_(std::move(name)) {}

  /// Returns the account's number in the store; 0 when the store cannot be used.
  boost::asio::awaitable<std::int64_t> begin();
  void on(const sync::Event& event);
  void end(const AccountFinished& end);

 private:
  store::Store& store_;
  store::AccountKey key_;
  std::string name_;
  std::int64_t number_ = 0;
  store::AccountOutcome outcome_;
  std::uint64_t failed_mailboxes_ = 0;
  std::string first_failure_;
};

}  // namespace imapferry::run
