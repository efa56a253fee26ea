#include "store/message_codec.hpp"

#include <benchmark/benchmark.h>

namespace imapferry::micro {
namespace {

constexpr core::HashKey key{{1, 2}};
constexpr std::uint32_t messages = 4096;

store::Chunk some_chunk() {
  store::Chunk chunk;
  chunk.flag_sets = {"", "\\Seen", "\\Seen $Forwarded"};
  for (std::uint32_t i = 1; i <= messages; ++i) {
    store::MessageRecord message;
    message.source_uid = 100'000 + i;
    message.destination_uid = 200'000 + i;
    message.identity.bits = {i * 0x9e3779b97f4a7c15U, ~std::uint64_t{i}};
    message.source_size = message.destination_size = 8000 + i;
    message.source_flags = message.destination_flags = i % 3;
    chunk.messages.push_back(message);
  }
  return chunk;
}

void pack_messages(benchmark::State& state) {
  const store::Chunk chunk = some_chunk();
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string packed = store::pack(chunk, key);
    bytes = packed.size();
    benchmark::DoNotOptimize(packed.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * messages);
  state.counters["bytes a message"] = static_cast<double>(bytes) / messages;
}
BENCHMARK(pack_messages);

void unpack_messages(benchmark::State& state) {
  const std::string packed = store::pack(some_chunk(), key);
  for (auto _ : state) {
    const auto chunk = store::unpack(packed, key);
    benchmark::DoNotOptimize(chunk->messages.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * messages);
}
BENCHMARK(unpack_messages);

}  // namespace
}  // namespace imapferry::micro
