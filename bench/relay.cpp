#include "relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace imapferry::bench {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;

// Counted for every chunk beside its bytes, so that a sender of single bytes is bounded as well.
constexpr std::size_t chunk_overhead = 96;
constexpr std::size_t most_chunks_in_a_write = 64;

std::size_t cost_of(const std::string& bytes) { return bytes.size() + chunk_overhead; }

}  // namespace

Relay::Direction::Direction(Tcp::socket& from_socket, Tcp::socket& to_socket, Bottleneck& shared_bottleneck,
                            double own_bandwidth)
    : from(from_socket), to(to_socket), shared(shared_bottleneck), own(own_bandwidth),
      changed(from_socket.get_executor()), room(from_socket.get_executor()), due(from_socket.get_executor()),
      turn(from_socket.get_executor()) {}

Relay::Relay(Tcp::socket client, Tcp::endpoint target, Line& line, std::span<char> scratch)
    : client_(std::move(client)), server_(client_.get_executor()), target_(std::move(target)), line_(line),
      delay_(line.shape.round_trip / 2), scratch_(scratch),
      up_(client_, server_, line.up, line.shape.bandwidth_of_a_connection),
      down_(server_, client_, line.down, line.shape.bandwidth_of_a_connection), handshake_(client_.get_executor()),
      tasks_(client_.get_executor()) {}

asio::awaitable<void> Relay::run() {
  error_code ignored;
  client_.set_option(Tcp::no_delay(true), ignored);
  client_.non_blocking(true, ignored);
  tasks_.spawn(read_from(up_));
  const bool connected = co_await connect();
  if (connected) {
    tasks_.spawn(write_to(up_));
    tasks_.spawn(read_from(down_));
    tasks_.spawn(write_to(down_));
  } else {
    reset();
  }
  co_await tasks_.join();
  close();
}

// The kernel accepts our client at once. Over a real line the client's connect would take one round trip and the server
// would see the connection half a round trip later still, so it is opened only then: the greeting comes after two
// round trips, and what a client says first arrives after one and a half, as it would.
asio::awaitable<bool> Relay::connect() {
  if (delay_ > Duration::zero()) co_await sleep_until(handshake_, std::chrono::steady_clock::now() + 3 * delay_);
  if (closed_) co_return false;
  const auto [error] = co_await server_.async_connect(target_, asio::as_tuple(asio::use_awaitable));
  if (error || closed_) co_return false;
  error_code ignored;
  server_.set_option(Tcp::no_delay(true), ignored);
  server_.non_blocking(true, ignored);
  co_return true;
}

asio::awaitable<void> Relay::read_from(Direction& way) {
  for (;;) {
    while (!closed_ && way.in_flight >= in_flight_limit) co_await way.room.wait();
    if (closed_) co_return;
    const auto [error] = co_await way.from.async_wait(Tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
    if (closed_) co_return;
    if (error) {
      end_reading(way, Ending::reset);
      co_return;
    }
    co_await wait_for_turn(way);
    while (!closed_ && way.in_flight < in_flight_limit && take_available(way)) co_await wait_for_turn(way);
    if (closed_ || way.ending != Ending::none) co_return;
  }
}

// Returns whether there may be more to take at once.
bool Relay::take_available(Direction& way) {
  error_code error;
  const std::size_t portion = std::min(way.own.portion(scratch_.size()), way.shared.portion(scratch_.size()));
  const std::size_t size = way.from.read_some(asio::buffer(scratch_.data(), portion), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return false;
  if (error) {
    end_reading(way, error == asio::error::eof ? Ending::orderly : Ending::reset);
    return false;
  }
  way.bytes += size;
  if (&way == &up_) count_turn();
  way.chunks.push_back(Chunk{due_of(way, size), std::string(scratch_.data(), size)});
  way.in_flight += cost_of(way.chunks.back().bytes);
  way.changed.notify_all();
  return size == portion;
}

Relay::TimePoint Relay::due_of(Direction& way, std::size_t size) {
  const TimePoint now = std::chrono::steady_clock::now();
  TimePoint due = std::max(way.own.pass(now, size), way.shared.pass(now, size)) + delay_;
  if (line_.shape.jitter > Duration::zero()) {
    due += Duration(std::uniform_int_distribution<Duration::rep>(0, line_.shape.jitter.count())(line_.dice));
  }
  way.last_due = std::max(way.last_due, due);
  return way.last_due;
}

void Relay::count_turn() noexcept {
  if (client_has_heard_) ++round_trips_;
  client_has_heard_ = false;
}

/// While a bottleneck has enough to carry, nothing more is taken.
asio::awaitable<void> Relay::wait_for_turn(Direction& way) {
  for (;;) {
    const TimePoint ready = std::max(way.own.ready_at(), way.shared.ready_at());
    if (closed_ || ready <= std::chrono::steady_clock::now()) co_return;
    co_await sleep_until(way.turn, ready);
  }
}

void Relay::end_reading(Direction& way, Ending how) {
  way.ending = how;
  way.ending_due = std::max(way.last_due, std::chrono::steady_clock::now() + delay_);
  way.changed.notify_all();
}

asio::awaitable<void> Relay::write_to(Direction& way) {
  for (;;) {
    while (!closed_ && way.chunks.empty() && way.ending == Ending::none) co_await way.changed.wait();
    if (closed_) co_return;
    if (!way.chunks.empty()) {
      co_await write_due_chunks(way);
      continue;
    }
    co_await sleep_until(way.due, way.ending_due);
    if (way.ending == Ending::reset) {
      reset();
    } else if (!closed_) {
      error_code ignored;
      way.to.shutdown(Tcp::socket::shutdown_send, ignored);
    }
    co_return;
  }
}

asio::awaitable<void> Relay::write_due_chunks(Direction& way) {
  co_await sleep_until(way.due, way.chunks.front().due);
  if (closed_) co_return;
  const TimePoint now = std::chrono::steady_clock::now();
  std::vector<asio::const_buffer> buffers;
  std::size_t cost = 0;
  for (const Chunk& chunk : way.chunks) {
    if (chunk.due > now || buffers.size() == most_chunks_in_a_write) break;
    buffers.push_back(asio::buffer(chunk.bytes));
    cost += cost_of(chunk.bytes);
  }
  const auto [error, size] = co_await asio::async_write(way.to, buffers, asio::as_tuple(asio::use_awaitable));
  if (closed_) co_return;
  if (error) {
    // The receiver is gone. Its sender learns that when the news has travelled back.
    co_await sleep_until(way.due, std::chrono::steady_clock::now() + delay_);
    reset();
    co_return;
  }
  if (&way == &down_) client_has_heard_ = true;
  way.chunks.erase(way.chunks.begin(), way.chunks.begin() + static_cast<std::ptrdiff_t>(buffers.size()));
  way.in_flight -= cost;
  way.room.notify_all();
}

asio::awaitable<void> Relay::sleep_until(asio::steady_timer& timer, TimePoint when) {
  if (closed_ || when <= std::chrono::steady_clock::now()) co_return;
  timer.expires_at(when);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Relay::reset() noexcept {
  error_code ignored;
  const asio::socket_base::linger at_once(true, 0);
  if (client_.is_open()) client_.set_option(at_once, ignored);
  if (server_.is_open()) server_.set_option(at_once, ignored);
  close();
}

void Relay::close() noexcept {
  closed_ = true;
  error_code ignored;
  client_.close(ignored);
  server_.close(ignored);
  handshake_.cancel();
  for (Direction* way : {&up_, &down_}) {
    way->due.cancel();
    way->turn.cancel();
    way->changed.notify_all();
    way->room.notify_all();
  }
}

}  // namespace imapferry::bench
