#include "imap/proto/date_time.hpp"
#include "imap/proto/uid_set.hpp"
#include "samples.hpp"
#include "sync/append.hpp"
#include "total.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace imapferry::micro {
namespace {

using imap::proto::UidSet;

/// What Copier makes of a batch of messages that have arrived: one MULTIAPPEND. Their bytes are not touched.
void encode_append(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto capabilities = imap::proto::Capabilities::parse("IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS");
  const std::string body = message(1, 8 << 10);
  std::vector<sync::MessageMeta> metas(count);
  std::vector<sync::AppendItem> items;
  for (std::size_t i = 0; i < count; ++i) {
    metas[i].flags.add("\\Seen");
    if (i % 5 == 0) metas[i].flags.add("$Forwarded");
    metas[i].date = 1'400'000'000 + static_cast<std::int64_t>(i * 997);
    items.push_back(sync::AppendItem{&metas[i], body});
  }
  sync::AppendProof proof;
  for (const sync::MessageMeta& meta : metas) proof.prove(meta);
  for (auto _ : state) {
    const imap::proto::Command command = sync::append_command("Archive/2015", items, proof, capabilities);
    benchmark::DoNotOptimize(command.pieces().data());
  }
  state.SetItemsProcessed(total(state, count));
}
BENCHMARK(encode_append)->Arg(1)->Arg(100);

void write_date(benchmark::State& state) {
  imap::proto::DateTime date{1'400'000'000, 60};
  for (auto _ : state) {
    ++date.unix_seconds;
    benchmark::DoNotOptimize(date.to_string());
  }
}
BENCHMARK(write_date);

void read_date(benchmark::State& state) {
  const std::string text = imap::proto::DateTime{1'400'000'000, 60}.to_string();
  for (auto _ : state) {
    benchmark::DoNotOptimize(imap::proto::DateTime::parse(text));
  }
}
BENCHMARK(read_date);

/// Every UID but each tenth, as a mailbox where mail was deleted has them.
UidSet uids_with_holes(std::size_t count) {
  UidSet uids;
  for (imap::proto::Uid uid = 1; uid <= count; ++uid) {
    if (uid % 10 != 0) uids.add(uid);
  }
  return uids;
}

void write_uid_set(benchmark::State& state) {
  const UidSet uids = uids_with_holes(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = uids.to_string();
    bytes += text.size();
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(write_uid_set)->Arg(100)->Arg(100'000);

void read_uid_set(benchmark::State& state) {
  const std::string text = uids_with_holes(static_cast<std::size_t>(state.range(0))).to_string();
  for (auto _ : state) {
    const auto uids = UidSet::parse(text);
    if (!uids) throw std::logic_error("a uid set was not understood");
    benchmark::DoNotOptimize(uids->ranges().data());
  }
  state.SetBytesProcessed(total(state, text.size()));
}
BENCHMARK(read_uid_set)->Arg(100)->Arg(100'000);

}  // namespace
}  // namespace imapferry::micro
