#include "imap/pool.hpp"

#include "core/pause.hpp"
#include "imap/proto/refusal.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::imap {

using boost::asio::awaitable;
using core::Fault;
using namespace std::chrono_literals;

namespace {

// A port that drops packets must not cost the whole timeout before the next way is tried.
constexpr std::chrono::milliseconds longest_probe = 10s;
constexpr unsigned patience = 6;
constexpr auto peace = 60s;

}  // namespace

Pool::Pool(Server server, std::size_t limit)
    : server_(std::move(server)), routes_(routes_to(server_)), known_route_(routes_.size()),
      places_(std::max<std::size_t>(limit, 1)) {}

awaitable<std::unique_ptr<Session>> Pool::try_routes(const Credentials* credentials) {
  for (std::size_t i = 0;; ++i) {
    if (known_route_ < routes_.size()) i = known_route_;
    const Route& route = routes_[i];
    Server server = server_;
    if (route.is_probe && i != known_route_ && (server.timeout.count() <= 0 || server.timeout > longest_probe)) {
      server.timeout = longest_probe;
    }
    core::Failure failure;
    try {
      std::unique_ptr<Session> session = co_await Session::greet(server, route);
      std::erase_if(closers_, [](const Connection::Closer& closer) { return !closer.is_open(); });
      closers_.push_back(session->connection().closer());
      if (credentials != nullptr) co_await session->enter(server, route, *credentials);
      known_route_ = i;
      co_return session;
    } catch (const core::Error& error) {
      failure = error.failure();
    }
    const bool is_no_answer =
        failure.fault == Fault::connect || failure.fault == Fault::timeout || failure.fault == Fault::tls;
    const bool may_go_on = route.is_probe && known_route_ >= routes_.size() && is_no_answer && i + 1 < routes_.size();
    if (!may_go_on) throw core::Error(failure);
  }
}

awaitable<std::unique_ptr<Session>> Pool::greet() { return try_routes(nullptr); }

awaitable<Lease> Pool::open_now(Place place, const Credentials& credentials) {
  std::unique_ptr<Session> session = co_await open_session(credentials, 1);
  co_return Lease(std::move(session), std::move(place));
}

awaitable<std::unique_ptr<Session>> Pool::open_session(const Credentials& credentials) {
  return open_session(credentials, patience);
}

awaitable<std::unique_ptr<Session>> Pool::open_session(const Credentials& credentials, unsigned attempts) {
  for (unsigned attempt = 1;; ++attempt) {
    core::Failure failure;
    try {
      std::unique_ptr<Session> session = co_await try_routes(&credentials);
      grow_back();
      co_return session;
    } catch (const core::Error& error) {
      failure = error.failure();
    }
    if (failure.fault != Fault::unavailable) throw core::Error(failure);
    learn_limit();
    if (attempt >= attempts || has_given_up_) throw core::Error(failure);
    const auto wait = std::max(core::backoff(attempt), proto::wait_named_in(failure.server_text));
    co_await core::pause_until(wait, has_given_up_);
  }
}

/// One place less than were in use when the server said that there are too many; never the last one.
void Pool::learn_limit() {
  last_refusal_ = std::chrono::steady_clock::now();
  const std::size_t in_use = places_.in_use() - withheld_.size();
  if (in_use <= 1) return;
  for (Place place = places_.try_acquire(); place; place = places_.try_acquire()) {
    withheld_.push_back(std::move(place));
  }
}

void Pool::withhold(Lease lease) {
  last_refusal_ = std::chrono::steady_clock::now();
  Place place = lease.surrender();
  if (places_.in_use() - withheld_.size() > 1) withheld_.push_back(std::move(place));
}

void Pool::close_all() {
  ++times_closed_;
  // The list may grow while whoever is told opens anew.
  const std::vector<Connection::Closer> closers = std::exchange(closers_, {});
  for (const Connection::Closer& closer : closers) {
    closer.close(core::Failure{Fault::closed, "the user asked for a new connection", {}});
  }
}

void Pool::grow_back() {
  if (withheld_.empty() || std::chrono::steady_clock::now() - last_refusal_ < peace) return;
  withheld_.pop_back();
  last_refusal_ = std::chrono::steady_clock::now();
}

}  // namespace imapferry::imap
