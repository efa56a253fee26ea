#pragma once

#include "core/semaphore.hpp"
#include "imap/session.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace imapferry::imap {

/// A place among the connections to a server.
using Place = core::Semaphore::Permit;

/// A session and its place in the pool. The place is given back when the lease goes; the connection is closed with it.
class Lease {
 public:
  Lease() = default;
  Lease(std::unique_ptr<Session> session, Place place) : place_(std::move(place)), session_(std::move(session)) {}
  Session* operator->() const noexcept { return session_.get(); }
  Session& operator*() const noexcept { return *session_; }
  explicit operator bool() const noexcept { return session_ != nullptr; }
  /// Another connection on the same place.
  void replace(std::unique_ptr<Session> session) { session_ = std::move(session); }
  /// Closes the connection and hands out the place.
  Place surrender() {
    session_.reset();
    return std::move(place_);
  }

 private:
  Place place_;  ///< outlives the session: the connection is closed before its place is free
  std::unique_ptr<Session> session_;
};

/// The connections to one server: never more than the limit, handed out first come, first served, so that no account
/// starves. When the server refuses a login because there are too many connections, the limit is lowered to what it
/// held; it grows back one at a time after a while of peace.
class Pool {
 public:
  Pool(Server server, std::size_t limit);

  /// Waits for a place. Whoever needs places of two servers asks for the source's first, always: so nobody waits in a
  /// circle.
  boost::asio::awaitable<Place> reserve() { return places_.acquire(); }
  /// A place if one is free now; an empty one otherwise.
  Place reserve_if_free() { return places_.try_acquire(); }
  /// Opens a session for whoever holds a place. Throws core::Error when that fails; a server that has too many
  /// connections is waited for.
  boost::asio::awaitable<std::unique_ptr<Session>> open_session(const Credentials& credentials);
  /// The same on a place that is handed over, and a server that has too many connections is not waited for.
  boost::asio::awaitable<Lease> open_now(Place place, const Credentials& credentials);
  /// Connects and protects without logging in, to see who answers.
  boost::asio::awaitable<std::unique_ptr<Session>> greet();

  /// Closes a connection and keeps its place back for a while: the server has shown not to have it.
  void withhold(Lease lease);

  [[nodiscard]] const Server& server() const noexcept { return server_; }
  /// Stops waiting for the server's mood: what is refused fails at once.
  void give_up() noexcept { has_given_up_ = true; }
  /// Closes every connection that is open, as if the line had broken.
  void close_all();
  /// How often that has been done: whoever loses a connection can tell whether the user has taken it away.
  [[nodiscard]] std::uint64_t times_closed() const noexcept { return times_closed_; }

 private:
  boost::asio::awaitable<std::unique_ptr<Session>> try_routes(const Credentials* credentials);
  boost::asio::awaitable<std::unique_ptr<Session>> open_session(const Credentials& credentials, unsigned attempts);
  void learn_limit();
  void grow_back();

  Server server_;
  std::vector<Route> routes_;
  std::size_t known_route_;  ///< the route that answered; routes_.size() until one has
  core::Semaphore places_;
  std::vector<Connection::Closer> closers_;  ///< of the sessions that were begun; some are gone
  std::vector<Place> withheld_;              ///< places that the server has shown not to have
  std::chrono::steady_clock::time_point last_refusal_{};
  bool has_given_up_ = false;
  std::uint64_t times_closed_ = 0;
};

}  // namespace imapferry::imap
