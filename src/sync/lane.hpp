#pragma once

#include "imap/pool.hpp"
#include "sync/context.hpp"
#include "sync/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace imapferry::sync {

/// One source session and one destination session that work together.
struct Lane {
  imap::Lease source;
  imap::Lease destination;
};

/// Opens one account's lanes, opens anew what was lost, and closes them.
class LaneKeeper {
 public:
  explicit LaneKeeper(const Context& context);

  /// A session for one side of a lane, on the place that the lease has. Throws core::Error.
  boost::asio::awaitable<void> open(Side side, imap::Lease& lease);
  /// A whole lane more, if both servers have room for it at this moment.
  boost::asio::awaitable<std::optional<Lane>> open_extra();
  /// Opens anew what is closed. Throws core::Error when a server does not come back.
  boost::asio::awaitable<void> revive(Lane& lane);
  /// Gives one side's session up, and its place for a while: the server has shown not to have it.
  void withhold(Side side, Lane& lane);
  boost::asio::awaitable<void> close(Lane& lane);

  [[nodiscard]] imap::Pool& pool(Side side) const;
  /// The side that did not come back, if one has not.
  [[nodiscard]] std::optional<Side> lost_side() const noexcept { return lost_side_; }

 private:
  boost::asio::awaitable<void> open_now(Side side, imap::Place place, imap::Lease& lease);
  boost::asio::awaitable<void> revive(Side side, imap::Lease& lease);
  boost::asio::awaitable<imap::Credentials> credentials(Side side) const;

  const Context& context_;
  std::optional<Side> lost_side_;
};

}  // namespace imapferry::sync
