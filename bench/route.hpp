#pragma once

#include "relay.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench {

/// One listening port of the proxy and where it leads.
struct Route {
  unsigned short port = 0;
  std::string host;
  std::string service;
  LineShape shape;
};

/// The proxy's command line.
struct ProxyOptions {
  std::vector<Route> routes;
  std::string report;
  std::uint64_t overhead_mib = 0;  ///< to measure the proxy with; 0: to be one
};

extern const std::string_view proxy_usage;

/// Throws std::invalid_argument.
[[nodiscard]] ProxyOptions parse_proxy_options(const std::vector<std::string>& arguments);

}  // namespace imapferry::bench
