#pragma once

#include "core/condition.hpp"
#include "core/task_group.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>

namespace imapferry::bench {

/// One connection through a line with latency: every byte, and the end of each direction, arrives half a round trip
/// after it was sent. Bandwidth has no limit of its own, but at most `in_flight_limit` bytes are under way in a
/// direction; then its sender is no longer read, as with a TCP window of that size.
class Relay {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Duration = std::chrono::steady_clock::duration;

  static constexpr std::size_t in_flight_limit = std::size_t{16} << 20;

  /// `scratch` is read into and copied from at once, so all relays of a thread share it.
  Relay(Tcp::socket client, Tcp::endpoint target, Duration round_trip, std::span<char> scratch);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Connects to the target and carries bytes until both directions have ended. Never throws.
  boost::asio::awaitable<void> run();
  /// Ends both directions at once; run() then returns.
  void close() noexcept;

  [[nodiscard]] std::uint64_t bytes_to_target() const noexcept { return up_.bytes; }
  [[nodiscard]] std::uint64_t bytes_from_target() const noexcept { return down_.bytes; }

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
    Direction(Tcp::socket& from_socket, Tcp::socket& to_socket);
    Tcp::socket& from;
    Tcp::socket& to;
    std::deque<Chunk> chunks;
    std::size_t in_flight = 0;
    std::uint64_t bytes = 0;
    Ending ending = Ending::none;
    TimePoint ending_due;
    core::Condition changed;
    core::Condition room;
    boost::asio::steady_timer due;
  };

  boost::asio::awaitable<void> read_from(Direction& line);
  boost::asio::awaitable<void> write_to(Direction& line);
  boost::asio::awaitable<void> write_due_chunks(Direction& line);
  boost::asio::awaitable<void> sleep_until(boost::asio::steady_timer& timer, TimePoint when);
  boost::asio::awaitable<bool> connect();
  bool take_available(Direction& line);
  void end_reading(Direction& line, Ending how);
  void reset() noexcept;

  Tcp::socket client_;
  Tcp::socket server_;
  Tcp::endpoint target_;
  Duration delay_;
  std::span<char> scratch_;
  Direction up_;
  Direction down_;
  boost::asio::steady_timer handshake_;
  core::TaskGroup tasks_;
  bool closed_ = false;
};

}  // namespace imapferry::bench
