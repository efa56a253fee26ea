#include "core/task_group.hpp"
#include "net/stream.hpp"
#include "server.hpp"

#include <boost/asio/this_coro.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

asio::awaitable<void> read_into(Stream& stream, std::string& text, std::size_t size) {
  std::string read = co_await read_exactly(stream, size);
  text = std::move(read);
}

/// Writes and reads at once, as the two tasks of an IMAP connection do.
asio::awaitable<void> exchange(const Target& target, std::span<const std::string_view> pieces, std::size_t size,
                               std::string& answer) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  tasks.spawn(stream->write(pieces));
  tasks.spawn(read_into(*stream, answer, size));
  co_await tasks.join();
}

std::string echo_of(std::span<const std::string_view> pieces, std::size_t size) {
  asio::io_context io;
  Listener listener(io);
  std::string answer;
  const Target target = target_for(listener.port());
  run_together(io, serve_echo(listener), exchange(target, pieces, size, answer));
  return answer;
}

asio::awaitable<void> fault_of_read(Stream& stream, core::Fault& fault) {
  char buffer[16];
  try {
    co_await stream.read_some(buffer);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
}

asio::awaitable<void> fault_of_write(Stream& stream, std::string_view text, core::Fault& fault) {
  try {
    co_await write_all(stream, text);
  } catch (const core::Error& error) {
    fault = error.failure().fault;
  }
}

asio::awaitable<void> close_soon(Stream& stream) {
  stream.close();
  co_return;
}

struct Faults {
  core::Fault read = core::Fault::internal;
  core::Fault write = core::Fault::internal;
};

asio::awaitable<void> use_after_close(const Target& target, Faults& faults) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  stream->close();
  stream->close();
  co_await fault_of_read(*stream, faults.read);
  co_await fault_of_write(*stream, "x", faults.write);
}

/// More than the sockets' buffers hold, to a server that does not read: the write stays in flight.
asio::awaitable<void> close_in_flight(const Target& target, Faults& faults) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  const std::string flood(64 << 20, 'x');
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  tasks.spawn(fault_of_read(*stream, faults.read));
  tasks.spawn(fault_of_write(*stream, flood, faults.write));
  tasks.spawn(close_soon(*stream));
  co_await tasks.join();
}

asio::awaitable<void> accept_and_keep(Listener& listener, std::vector<Socket>& kept) {
  Socket socket = co_await listener.accept();
  kept.push_back(std::move(socket));
}

asio::awaitable<void> accept_and_drop(Listener& listener) {
  Socket socket = co_await listener.accept();
  socket.close();
}

asio::awaitable<void> read_to_end(const Target& target, std::vector<std::size_t>& counts) {
  const std::unique_ptr<Stream> stream = co_await connect(target);
  char buffer[16];
  counts.push_back(co_await stream->read_some(buffer));
  counts.push_back(co_await stream->read_some(buffer));
}

}  // namespace

TEST_CASE("stream: 8 MiB go there and back while both directions are busy") {
  const std::string sent = pattern(8 << 20);
  const std::vector<std::string_view> pieces{sent};
  CHECK(echo_of(pieces, sent.size()) == sent);
}

TEST_CASE("stream: many pieces arrive as one text, empty ones too") {
  const std::string sent = pattern(300'000);
  std::vector<std::string_view> pieces;
  std::size_t offset = 0;
  for (std::size_t i = 0; offset < sent.size(); ++i) {
    pieces.push_back(std::string_view(sent).substr(offset, (i * 37) % 1000));
    offset += pieces.back().size();
  }
  CHECK(pieces.size() > 500);
  CHECK(echo_of(pieces, sent.size()) == sent);
}

TEST_CASE("stream: writing nothing is done at once") { CHECK(echo_of({}, 0).empty()); }

TEST_CASE("stream: the server's end reads as 0, again and again") {
  asio::io_context io;
  Listener listener(io);
  std::vector<std::size_t> counts;
  const Target target = target_for(listener.port());
  run_together(io, accept_and_drop(listener), read_to_end(target, counts));
  CHECK(counts == std::vector<std::size_t>{0, 0});
}

TEST_CASE("stream: after close both directions fail") {
  asio::io_context io;
  Listener listener(io);
  Faults faults;
  const Target target = target_for(listener.port());
  run_together(io, serve_silence(listener), use_after_close(target, faults));
  CHECK(faults.read == core::Fault::closed);
  CHECK(faults.write == core::Fault::closed);
}

TEST_CASE("stream: close ends a read and a write that are in flight") {
  asio::io_context io;
  Listener listener(io);
  Faults faults;
  std::vector<Socket> kept;
  const Target target = target_for(listener.port());
  run_together(io, accept_and_keep(listener, kept), close_in_flight(target, faults));
  CHECK(faults.read == core::Fault::closed);
  CHECK(faults.write == core::Fault::closed);
}
