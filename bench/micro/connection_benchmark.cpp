#include "core/task_group.hpp"
#include "imap/connection.hpp"
#include "memory_stream.hpp"
#include "samples.hpp"
#include "sync/batch.hpp"
#include "total.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace imapferry::micro {
namespace {

using boost::asio::awaitable;

constexpr std::size_t batch_messages = 100;
constexpr std::size_t message_size = 8 << 10;

/// Fetches batches over one connection as sync::Copier does, all of them in flight at once; the server's side is free.
class Fetching {
 public:
  Fetching(benchmark::State& state, std::string answer) : state_(state), answer_(std::move(answer)) {}

  awaitable<void> run() {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto stream = std::make_unique<MemoryStream>(executor, answer_, static_cast<std::size_t>(state_.range(0)));
    imap::ConnectionOptions options;
    connection_ = co_await imap::Connection::open(std::move(stream), options);
    for (auto _ : state_) {
      core::TaskGroup batches(executor);
      for (std::int64_t i = 0; i < state_.range(1); ++i) batches.spawn(fetch());
      co_await batches.join();
    }
    connection_->close(core::Failure{core::Fault::closed, "the benchmark is over", {}});
  }

 private:
  awaitable<void> fetch() {
    sync::Batch batch;
    for (std::uint32_t i = 1; i <= batch_messages; ++i) {
      sync::Batch::Item item(i - 1, i + 1000, message_size, sync::MessageMeta());
      batch.add(std::move(item));
    }
    sync::BatchReader reader(batch, [](sync::Batch::Item&, std::string_view) { return true; });
    imap::proto::Command command(imap::proto::CommandKind::fetch, "UID FETCH 1001:1100 (UID BODY.PEEK[])");
    const imap::proto::CommandResult result = co_await connection_->execute(std::move(command), reader);
    if (!result.is_ok() || batch.items().back().state != sync::Batch::Item::State::arrived)
      throw std::logic_error("a batch did not arrive");
  }

  benchmark::State& state_;
  std::string answer_;
  std::unique_ptr<imap::Connection> connection_;
};

/// By the bytes of one read (16 KiB: a TLS record) and the number of batches in flight.
void connection_fetch(benchmark::State& state) {
  boost::asio::io_context loop(1);
  Fetching fetching(state, fetch_of_bodies(batch_messages, message_size));
  boost::asio::co_spawn(loop, fetching.run(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  const std::int64_t messages = total(state, batch_messages) * state.range(1);
  state.SetItemsProcessed(messages);
  state.SetBytesProcessed(messages * static_cast<std::int64_t>(message_size));
}
BENCHMARK(connection_fetch)
    ->ArgNames({"read", "in_flight"})
    ->ArgsProduct({{16 << 10, 128 << 10}, {1, 16}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace imapferry::micro
