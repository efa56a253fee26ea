#include "imap/proto/engine.hpp"
#include "samples.hpp"
#include "total.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace imapferry::micro {
namespace {

using imap::proto::Command;
using imap::proto::CommandKind;
using imap::proto::CommandResult;
using imap::proto::Engine;

class Counter : public imap::proto::ResponseHandler, public imap::proto::UnsolicitedHandler {
 public:
  void on(const imap::proto::Response&) override { ++responses; }
  void on_unsolicited(const imap::proto::Response&) override {}
  void done(const CommandResult& result) override { finished += result.is_ok() ? 1U : 0U; }
  std::size_t responses = 0;
  std::size_t finished = 0;
};

void feed_all(Engine& engine, std::string_view bytes) {
  while (!bytes.empty()) {
    const Engine::Step step = engine.feed(bytes);
    if (step.next == Engine::Next::drop) throw std::runtime_error(engine.failure().describe());
    if (step.next == Engine::Next::need_input) return;
    bytes.remove_prefix(step.consumed);
  }
}

void write_all(Engine& engine) {
  for (auto pieces = engine.output(); !pieces.empty(); pieces = engine.output()) {
    benchmark::DoNotOptimize(pieces.data());
    engine.wrote();
  }
}

/// Commands that are all written before the first answer comes: submit, output, feed, done.
void pipeline_commands(benchmark::State& state) {
  const auto commands = static_cast<std::size_t>(state.range(0));
  Counter counter;
  Engine engine(counter);
  feed_all(engine, "* OK ready\r\n");
  std::size_t tag = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < commands; ++i) {
      Command command(CommandKind::status, "STATUS INBOX (MESSAGES)");
      engine.submit(std::move(command), counter);
    }
    write_all(engine);
    std::string answers;
    for (std::size_t i = 0; i < commands; ++i)
      answers += fmt::format("* STATUS INBOX (MESSAGES 3)\r\nA{} OK done\r\n", ++tag);
    feed_all(engine, answers);
  }
  if (counter.finished != tag || counter.responses != tag) throw std::logic_error("not every command was answered");
  state.SetItemsProcessed(static_cast<std::int64_t>(tag));
}
BENCHMARK(pipeline_commands)->Arg(1)->Arg(16)->Arg(1000);

/// FETCH data that passes through the engine to its command.
void route_fetch_data(benchmark::State& state) {
  const std::string answer = fetch_of_metadata(1000);
  Counter counter;
  Engine engine(counter);
  feed_all(engine, "* OK ready\r\n");
  for (auto _ : state) {
    Command command(CommandKind::fetch, "UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)");
    const Engine::Ticket ticket = engine.submit(std::move(command), counter);
    write_all(engine);
    feed_all(engine, answer);
    feed_all(engine, fmt::format("A{} OK done\r\n", ticket));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(counter.responses));
  state.SetBytesProcessed(total(state, answer.size()));
}
BENCHMARK(route_fetch_data);

}  // namespace
}  // namespace imapferry::micro
