#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace imapferry::micro {

/// How much all iterations have done, when each does `each`.
[[nodiscard]] inline std::int64_t total(const benchmark::State& state, std::size_t each) {
  return static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(each);
}

}  // namespace imapferry::micro
