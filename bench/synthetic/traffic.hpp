#pragma once

#include "verb.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>

namespace imapferry::bench::synthetic {

/// What has passed between a server and its clients since it began.
struct Traffic {
  std::uint64_t connections = 0;
  std::uint64_t open = 0;
  std::uint64_t most_open = 0;
  std::uint64_t logins = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t protocol_errors = 0;   ///< answered with BAD
  std::uint64_t lost_connections = 0;  ///< ended without LOGOUT
  std::uint64_t listed = 0;            ///< messages that were told without their bytes
  std::uint64_t headers_sent = 0;
  std::uint64_t bodies_sent = 0;
  std::uint64_t appended = 0;
  std::array<std::uint64_t, verbs> commands{};

  void describe(nlohmann::ordered_json& report) const;
};

}  // namespace imapferry::bench::synthetic
