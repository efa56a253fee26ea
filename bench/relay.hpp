#pragma once

#include "bottleneck.hpp"
#include "core/condition.hpp"
#include "core/task_group.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <string>

namespace imapferry::bench {

/// What a line does to what is sent over it, in each direction.
struct LineShape {
  using Duration = std::chrono::steady_clock::duration;
  Duration round_trip{};
  Duration jitter{};                     ///< each byte arrives up to this later, never before what was sent before it
  double bandwidth = 0;                  ///< bytes a second for all connections of a route together; 0: no limit
  double bandwidth_of_a_connection = 0;  ///< the same for each of them
};

/// What all connections of a route share.
struct Line {
  explicit Line(const LineShape& of) : shape(of), up(of.bandwidth), down(of.bandwidth) {}
  LineShape shape;
  Bottleneck up;
  Bottleneck down;
  std::mt19937 dice{1};
};

/// One connection through a line: every byte, and the end of each direction, arrives half a round trip after it was
/// sent and has come through the bottlenecks. At most `in_flight_limit` bytes are under way in a direction; then its
/// sender is no longer read, as with a TCP window of that size.
class Relay {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Duration = LineShape::Duration;

  static constexpr std::size_t in_flight_limit = std::size_t{16} << 20;

  /// `scratch` is read into and copied from at once, so all relays of a thread share it.
  Relay(Tcp::socket client, Tcp::endpoint target, Line& line, std::span<char> scratch);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Connects to the target and carries bytes until both directions have ended. Never throws.
  boost::asio::awaitable<void> run();
  /// Ends both directions at once; run() then returns.
  void close() noexcept;

  [[nodiscard]] std::uint64_t bytes_to_target() const noexcept { return up_.bytes; }
  [[nodiscard]] std::uint64_t bytes_from_target() const noexcept { return down_.bytes; }
  /// How often the client sent something after it had received something: what it would have waited for with latency,
  /// unless it had sent it anyway.
  [[nodiscard]] std::uint64_t round_trips() const noexcept { return round_trips_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Ending {
    none,
    orderly,  // end of file: the other direction may go on
    reset,    // the connection is gone as a whole
  };
  struct Chunk {
    TimePoint due;
    std::string bytes;
  };
  struct Direction {
    Direction(Tcp::socket& from_socket, Tcp::socket& to_socket, Bottleneck& shared_bottleneck, double own_bandwidth);
    Tcp::socket& from;
    Tcp::socket& to;
    Bottleneck& shared;
    Bottleneck own;
    std::deque<Chunk> chunks;
    std::size_t in_flight = 0;
    std::uint64_t bytes = 0;
    TimePoint last_due{};
    Ending ending = Ending::none;
    TimePoint ending_due;
    core::Condition changed;
    core::Condition room;
    boost::asio::steady_timer due;
    boost::asio::steady_timer turn;
  };

  boost::asio::awaitable<void> read_from(Direction& way);
  boost::asio::awaitable<void> write_to(Direction& way);
  boost::asio::awaitable<void> write_due_chunks(Direction& way);
  boost::asio::awaitable<void> wait_for_turn(Direction& way);
  boost::asio::awaitable<void> sleep_until(boost::asio::steady_timer& timer, TimePoint when);
  boost::asio::awaitable<bool> connect();
  bool take_available(Direction& way);
  [[nodiscard]] TimePoint due_of(Direction& way, std::size_t size);
  void count_turn() noexcept;
  void end_reading(Direction& way, Ending how);
  void reset() noexcept;

  Tcp::socket client_;
  Tcp::socket server_;
  Tcp::endpoint target_;
  Line& line_;
  Duration delay_;
  std::span<char> scratch_;
  Direction up_;
  Direction down_;
  boost::asio::steady_timer handshake_;
  core::TaskGroup tasks_;
  std::uint64_t round_trips_ = 0;
  bool client_has_heard_ = false;
  bool closed_ = false;
};

}  // namespace imapferry::bench
