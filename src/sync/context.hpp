#pragma once

#include "config/run_config.hpp"
#include "core/rate_limit.hpp"
#include "core/semaphore.hpp"
#include "core/worker.hpp"
#include "store/store.hpp"
#include "sync/event.hpp"
#include "sync/message/carried_messages.hpp"
#include "sync/message/identity.hpp"
#include "sync/servers.hpp"

#include <cstddef>

namespace imapferry::sync {

/// Whoever hears what happens to one account. Must not block and must not throw.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const Event& event) = 0;
  /// Whether each message that is copied is to be told by itself; it costs a little.
  [[nodiscard]] virtual bool wants_messages() const { return false; }
};

/// The user's wish to stop, seen by everybody: batches in flight are finished, nothing new begins.
struct Stop {
  bool is_requested = false;
};

/// How messages are gathered.
struct CopyLimits {
  std::size_t batch_messages = 100;
  std::size_t batch_bytes = 4u << 20;  ///< a larger message flows through by itself, in chunks
  std::size_t batches_in_flight = 16;  ///< from FETCH to the destination's confirmation, for each lane
  std::size_t lanes = 4;               ///< at most, where so many pay
};

/// What the synchronisation of one account works with. Everything outlives it.
struct Context {
  Servers& servers;
  const config::AccountSpec& account;
  const config::SyncRules& rules;
  const CopyLimits& limits;
  core::Worker& worker;
  core::Semaphore& memory;     ///< bytes of message data, for the whole process
  core::Semaphore& processes;  ///< commands that run at once, for the whole process
  const Stop& stop;
  const IdentityRule& identity;
  Observer& observer;
  core::RateLimit& rate;            ///< of this account, all its lanes together
  store::Store* store = nullptr;    ///< null: nothing is remembered
  std::int64_t account_number = 0;  ///< in the store
  std::int64_t begun_at = 0;        ///< unix seconds: ages count from here, the same for all mailboxes
  /// Of this account, where a message that is in one mailbox is not copied to others; else null.
  CarriedMessages* carried = nullptr;
};

}  // namespace imapferry::sync
