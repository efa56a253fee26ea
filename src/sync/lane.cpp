#include "sync/lane.hpp"

#include "core/pause.hpp"
#include "core/task_group.hpp"
#include "imap/proto/refusal.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

LaneKeeper::LaneKeeper(const Context& context) : context_(context) {}

imap::Pool& LaneKeeper::pool(Side side) const { return context_.servers.pool(side); }

awaitable<imap::Credentials> LaneKeeper::credentials(Side side) const {
  const config::Login& login = side == Side::source ? context_.account.source : context_.account.destination;
  return current_credentials(login, context_.servers.spec(side).login, context_.worker);
}

awaitable<void> LaneKeeper::open(Side side, imap::Lease& lease) {
  const imap::Credentials who = co_await credentials(side);
  std::unique_ptr<imap::Session> session = co_await pool(side).open_session(who);
  lease.replace(std::move(session));
}

awaitable<std::optional<Lane>> LaneKeeper::open_extra() {
  imap::Place source_place = pool(Side::source).reserve_if_free();
  imap::Place destination_place = pool(Side::destination).reserve_if_free();
  if (!source_place || !destination_place) co_return std::nullopt;
  const auto executor = co_await boost::asio::this_coro::executor;
  Lane lane;
  core::TaskGroup both(executor);
  both.spawn(open_now(Side::source, std::move(source_place), lane.source));
  both.spawn(open_now(Side::destination, std::move(destination_place), lane.destination));
  try {
    co_await both.join();
  } catch (const core::Error&) {
    co_return std::nullopt;
  }
  co_return lane;
}

awaitable<void> LaneKeeper::open_now(Side side, imap::Place place, imap::Lease& lease) {
  const imap::Credentials who = co_await credentials(side);
  lease = co_await pool(side).open_now(std::move(place), who);
}

void LaneKeeper::withhold(Side side, Lane& lane) {
  pool(side).withhold(std::move(side == Side::source ? lane.source : lane.destination));
}

awaitable<void> LaneKeeper::close(Lane& lane) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup goodbyes(executor);
  if (lane.source) goodbyes.spawn(lane.source->logout());
  if (lane.destination) goodbyes.spawn(lane.destination->logout());
  co_await goodbyes.join();
}

awaitable<void> LaneKeeper::revive(Lane& lane) {
  if (!lane.source->is_open()) co_await revive(Side::source, lane.source);
  if (!lane.destination->is_open()) co_await revive(Side::destination, lane.destination);
}

awaitable<void> LaneKeeper::revive(Side side, imap::Lease& lease) {
  for (unsigned attempt = 1;; ++attempt) {
    core::Failure failure;
    // The place is kept over all attempts: waiting for one while holding the other server's could go in a circle.
    try {
      co_await open(side, lease);
      context_.observer.on(Reconnected{side});
      co_return;
    } catch (const core::Error& error) {
      failure = error.failure();
    }
    if (!core::is_transient(failure.fault) || attempt >= pool(side).server().reconnects || context_.stop.is_requested) {
      lost_side_ = side;
      throw core::Error(failure);
    }
    const auto wait = std::max(core::backoff(attempt + 1), imap::proto::wait_named_in(failure.server_text));
    context_.observer.on(Retrying{side, {}, failure, attempt, static_cast<std::uint64_t>(wait.count())});
    co_await core::pause_until(wait, context_.stop.is_requested);
  }
}

}  // namespace imapferry::sync
