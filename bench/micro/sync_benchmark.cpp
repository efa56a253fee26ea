#include "samples.hpp"
#include "sync/message/identity.hpp"
#include "sync/message/match.hpp"
#include "total.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace imapferry::micro {
namespace {

const sync::IdentityRule key(sync::IdentityKey{{0x0123'4567'89AB'CDEFU, 0xFEDC'BA98'7654'3210U}});
constexpr std::size_t mailbox_size = 1'000'000;

/// By the number of Received fields; an ordinary message has three.
void identity_of_header(benchmark::State& state) {
  const std::string text = header(7, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(sync::identity_of_header(key, text));
  state.SetBytesProcessed(total(state, text.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["header_bytes"] = static_cast<double>(text.size());
}
BENCHMARK(identity_of_header)->Arg(0)->Arg(3)->Arg(10)->Arg(100);

/// None of the fields that identify: all lines of the header do.
void identity_of_bare_header(benchmark::State& state) {
  std::string text = header(7, 0);
  text.erase(0, text.find("Date:"));
  for (auto _ : state) benchmark::DoNotOptimize(sync::identity_of_header(key, text));
  state.SetBytesProcessed(total(state, text.size()));
}
BENCHMARK(identity_of_bare_header);

void header_of_message(benchmark::State& state) {
  const std::string text = message(7, 8 << 10);
  for (auto _ : state) benchmark::DoNotOptimize(sync::header_of(text));
}
BENCHMARK(header_of_message);

void fill_index(benchmark::State& state) {
  const auto messages = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const sync::MailboxIndex index = index_of(messages, 0);
    state.counters["bytes_per_message"] = static_cast<double>(index.memory()) / static_cast<double>(index.size());
  }
  state.SetItemsProcessed(total(state, messages));
}
BENCHMARK(fill_index)->Arg(10'000)->Arg(mailbox_size)->Unit(benchmark::kMillisecond);

/// Every `hole`th message is missing on the destination (0: none).
void match_with_holes(benchmark::State& state) {
  const auto messages = static_cast<std::size_t>(state.range(0));
  const auto hole = static_cast<std::size_t>(state.range(1));
  const sync::MailboxIndex source = index_of(messages, 0);
  const sync::MailboxIndex destination = index_of(messages, hole);
  const std::size_t missing = hole == 0 ? 0 : messages / hole;
  for (auto _ : state) {
    const sync::Matches matches = sync::match(source, destination);
    if (matches.missing.size() != missing) throw std::logic_error("another number of messages is missing");
    benchmark::DoNotOptimize(matches.pairs.data());
  }
  state.SetItemsProcessed(total(state, messages));
}
BENCHMARK(match_with_holes)
    ->ArgNames({"messages", "hole"})
    ->Args({10'000, 100})
    ->Args({mailbox_size, 0})
    ->Args({mailbox_size, 100})
    ->Args({mailbox_size, 1})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace imapferry::micro
