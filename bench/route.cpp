#include "route.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace imapferry::bench {

const std::string_view proxy_usage =
    "usage: latency_proxy [OPTION VALUE]... LISTEN_PORT TARGET_HOST:PORT RTT_MS [LISTEN TARGET RTT]...\n"
    "       latency_proxy --overhead [MIB]\n"
    "  --bandwidth BYTES/S              of each route, each way, for all its connections together\n"
    "  --connection-bandwidth BYTES/S   of each connection, each way\n"
    "  --jitter MS                      each byte comes up to this later; the order stays\n"
    "  --report FILE                    where the report is written on SIGUSR1, and at the end\n"
    "Listens on 127.0.0.1; port 0 chooses a free one. Prints \"ready PORT...\" when all listen, and what passed "
    "through\n"
    "as JSON on SIGTERM or SIGINT. --overhead measures what the proxy costs without any latency,\n"
    "with so many MiB (1024).\n";

namespace {

constexpr double longest_delay_ms = 60'000;
constexpr double highest_bandwidth = 1e12;

template <class Number>
Number parse_number(std::string_view text, std::string_view what, Number least, Number most) {
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !(value >= least && value <= most)) {
    throw std::invalid_argument(fmt::format("expected {} from {} to {}, saw \"{}\"", what, least, most, text));
  }
  return value;
}

LineShape::Duration milliseconds(std::string_view text, std::string_view what) {
  const double ms = parse_number<double>(text, what, 0, longest_delay_ms);
  return std::chrono::microseconds(std::llround(ms * 1000));
}

Route parse_route(const std::string& port, const std::string& target, const std::string& round_trip, LineShape shape) {
  Route route;
  route.port = parse_number<unsigned short>(port, "a port", 0, 65535);
  const std::size_t colon = target.rfind(':');
  if (colon == std::string::npos) throw std::invalid_argument(fmt::format("expected HOST:PORT, saw \"{}\"", target));
  route.host = target.substr(0, colon);
  route.service = target.substr(colon + 1);
  route.shape = shape;
  route.shape.round_trip = milliseconds(round_trip, "a round trip in milliseconds");
  return route;
}

}  // namespace

ProxyOptions parse_proxy_options(const std::vector<std::string>& arguments) {
  ProxyOptions options;
  if (!arguments.empty() && arguments.size() <= 2 && arguments[0] == "--overhead") {
    const std::string mib = arguments.size() == 2 ? arguments[1] : "1024";
    options.overhead_mib = parse_number<std::uint64_t>(mib, "MiB", 1, 1 << 20);
    return options;
  }
  LineShape shape;
  std::size_t i = 0;
  for (; i + 1 < arguments.size() && arguments[i].starts_with("--"); i += 2) {
    const std::string& name = arguments[i];
    const std::string& value = arguments[i + 1];
    const auto bandwidth = [&] { return parse_number<double>(value, "bytes a second", 1, highest_bandwidth); };
    if (name == "--bandwidth") {
      shape.bandwidth = bandwidth();
    } else if (name == "--connection-bandwidth") {
      shape.bandwidth_of_a_connection = bandwidth();
    } else if (name == "--jitter") {
      shape.jitter = milliseconds(value, "a jitter in milliseconds");
    } else if (name == "--report") {
      options.report = value;
    } else {
      throw std::invalid_argument(fmt::format("unknown option {}", name));
    }
  }
  if (i == arguments.size() || (arguments.size() - i) % 3 != 0) {
    throw std::invalid_argument("expected triples of arguments");
  }
  for (; i < arguments.size(); i += 3) {
    options.routes.push_back(parse_route(arguments[i], arguments[i + 1], arguments[i + 2], shape));
  }
  return options;
}

}  // namespace imapferry::bench
