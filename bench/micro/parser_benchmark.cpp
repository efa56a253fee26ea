#include "imap/proto/parser.hpp"
#include "samples.hpp"
#include "total.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

// Each benchmark reads one answer of a server over and over, in pieces of 128 KiB as a connection hands them over.

namespace imapferry::micro {
namespace {

using imap::proto::Parser;

constexpr std::size_t piece_size = 128 << 10;

struct Seen {
  std::size_t responses = 0;
  std::size_t streamed_bytes = 0;
};

/// Carries the bytes through the parser as imap::Connection does; the parser says how much of them it wants to see.
Seen read_all(Parser& parser, std::string_view bytes) {
  Seen seen;
  std::size_t begin = 0;
  std::size_t end = std::min(piece_size, bytes.size());
  while (begin < bytes.size()) {
    const std::string_view shown = bytes.substr(begin, end - begin);
    const core::Result<Parser::Step> step = parser.next(shown);
    if (!step) throw std::runtime_error(step.error().describe());
    begin += step->consumed;
    if (std::holds_alternative<const imap::proto::Response*>(step->event)) {
      ++seen.responses;
    } else if (const auto* chunk = std::get_if<imap::proto::LiteralChunk>(&step->event)) {
      seen.streamed_bytes += chunk->bytes.size();
    } else if (const auto* need = std::get_if<imap::proto::NeedInput>(&step->event)) {
      if (end == bytes.size()) break;
      end = std::min(end + std::max(piece_size, need->at_least), bytes.size());
    }
  }
  return seen;
}

void parse(benchmark::State& state, const std::string& answer, std::size_t responses) {
  Parser parser;
  for (auto _ : state) {
    const Seen seen = read_all(parser, answer);
    if (seen.responses != responses) throw std::logic_error("the parser saw another number of responses");
    benchmark::DoNotOptimize(seen);
  }
  state.SetBytesProcessed(total(state, answer.size()));
  state.SetItemsProcessed(total(state, responses));
}

void parse_fetch_bodies(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::size_t messages = std::clamp<std::size_t>((4 << 20) / size, 2, 1000);
  parse(state, fetch_of_bodies(messages, size), messages);
}
// The last one is beyond what is kept in memory: it is streamed.
BENCHMARK(parse_fetch_bodies)->Arg(1 << 10)->Arg(8 << 10)->Arg(60 << 10)->Arg(1 << 20);

void parse_fetch_flags(benchmark::State& state) { parse(state, fetch_of_flags(1000), 1000); }
BENCHMARK(parse_fetch_flags);

void parse_fetch_metadata(benchmark::State& state) { parse(state, fetch_of_metadata(1000), 1000); }
BENCHMARK(parse_fetch_metadata);

void parse_fetch_identities(benchmark::State& state) { parse(state, fetch_of_identities(1000), 1000); }
BENCHMARK(parse_fetch_identities);

void parse_list(benchmark::State& state) { parse(state, list_of_mailboxes(1000), 1000); }
BENCHMARK(parse_list);

void parse_status(benchmark::State& state) { parse(state, status_of_mailboxes(1000), 1000); }
BENCHMARK(parse_status);

/// One response of that many numbers.
void parse_search(benchmark::State& state) { parse(state, search_of(static_cast<std::size_t>(state.range(0))), 1); }
BENCHMARK(parse_search)->Arg(10'000);

void parse_esearch(benchmark::State& state) { parse(state, esearch_of(static_cast<std::size_t>(state.range(0))), 1); }
BENCHMARK(parse_esearch)->Arg(10'000);

}  // namespace
}  // namespace imapferry::micro
