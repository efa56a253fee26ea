// A TCP proxy that puts latency, and a bandwidth, between clients and servers on one machine.
#include "core/task_group.hpp"
#include "listener.hpp"
#include "proxy_overhead.hpp"
#include "route.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <fmt/format.h>
#include <malloc.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace imapferry::bench {
namespace {

namespace asio = boost::asio;

/// What is under way lies in memory that is freed soon. Giving it back to the system each time, and taking it anew,
/// would cost more than carrying the bytes.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

nlohmann::ordered_json describe(const Listener& listener) {
  const auto milliseconds = [](LineShape::Duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  const Route& route = listener.route();
  const Passed passed = listener.passed();
  nlohmann::ordered_json json;
  json["target"] = fmt::format("{}:{}", route.host, route.service);
  json["port"] = listener.port();
  json["round_trip_ms"] = milliseconds(route.shape.round_trip);
  json["jitter_ms"] = milliseconds(route.shape.jitter);
  json["bandwidth"] = route.shape.bandwidth;
  json["bandwidth_of_a_connection"] = route.shape.bandwidth_of_a_connection;
  json["connections"] = passed.connections;
  json["connections_open"] = passed.connections_open;
  json["connections_most"] = passed.connections_most;
  json["bytes_to_target"] = passed.bytes_to_target;
  json["bytes_from_target"] = passed.bytes_from_target;
  json["round_trips"] = passed.round_trips;
  json["round_trips_most"] = passed.round_trips_most;
  return json;
}

class Proxy {
 public:
  explicit Proxy(const ProxyOptions& options)
      : options_(options), context_(1), scratch_(std::size_t{256} << 10), signals_(context_, SIGTERM, SIGINT, SIGUSR1) {
    for (const Route& route : options.routes) {
      listeners_.push_back(std::make_unique<Listener>(context_, route, std::span<char>(scratch_)));
    }
  }

  void run() {
    core::TaskGroup tasks(context_.get_executor());
    std::string ready = "ready";
    for (const auto& listener : listeners_) {
      tasks.spawn(listener->run());
      ready += fmt::format(" {}", listener->port());
    }
    wait_for_signal();
    fmt::print("{}\n", ready);
    std::fflush(stdout);
    context_.run();
    fmt::print("{}\n", last_report_.dump());
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      last_report_ = report();
      write_report();
      if (signal == SIGUSR1) return wait_for_signal();
      for (const auto& listener : listeners_) listener->stop();
    });
  }

  [[nodiscard]] nlohmann::ordered_json report() {
    nlohmann::ordered_json json;
    json["reports"] = ++reports_;
    json["targets"] = nlohmann::ordered_json::array();
    for (const auto& listener : listeners_) json["targets"].push_back(describe(*listener));
    return json;
  }

  /// Whoever waits for the file never sees half of it.
  void write_report() const {
    if (options_.report.empty()) return;
    const std::string unfinished = options_.report + ".unfinished";
    std::ofstream(unfinished) << last_report_.dump() << '\n';
    std::rename(unfinished.c_str(), options_.report.c_str());
  }

  const ProxyOptions& options_;
  asio::io_context context_;
  std::vector<char> scratch_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  asio::signal_set signals_;
  nlohmann::ordered_json last_report_;
  std::uint64_t reports_ = 0;
};

}  // namespace
}  // namespace imapferry::bench

int main(int argc, char** argv) {
  using namespace imapferry::bench;
  try {
    const ProxyOptions options = parse_proxy_options(std::vector<std::string>(argv + 1, argv + argc));
    allow_many_descriptors();
    keep_freed_memory();
    if (options.overhead_mib > 0) {
      fmt::print("{}\n", measure_proxy_overhead(options.overhead_mib).dump(2));
    } else {
      Proxy(options).run();
    }
    return 0;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "latency_proxy: {}\n{}", error.what(), proxy_usage);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "latency_proxy: {}\n", error.what());
    return 1;
  }
}
