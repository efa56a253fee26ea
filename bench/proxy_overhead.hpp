#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace imapferry::bench {

/// What the proxy costs without any latency: throughput and the time of an exchange, through it and without it, between
/// two threads of this process; `mib` are sent for the former. Throws std::runtime_error.
[[nodiscard]] nlohmann::ordered_json measure_proxy_overhead(std::uint64_t mib);

}  // namespace imapferry::bench
