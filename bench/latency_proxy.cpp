// A TCP proxy that puts latency between a client and a server on one machine.
#include "core/task_group.hpp"
#include "relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapferry::bench {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::string_view usage_text =
    "usage: latency_proxy LISTEN_PORT TARGET_HOST:PORT RTT_MS [LISTEN TARGET RTT]...\n"
    "Listens on 127.0.0.1; port 0 chooses a free one. Prints \"ready PORT...\" when all "
    "listen, and what passed through on SIGTERM or SIGINT.\n";

constexpr double longest_round_trip_ms = 60'000;

struct Route {
  unsigned short port = 0;
  std::string host;
  std::string service;
  double round_trip_ms = 0;
};

template <class Number>
Number parse_number(std::string_view text, std::string_view what, Number least, Number most) {
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !(value >= least && value <= most)) {
    throw std::invalid_argument(fmt::format("expected {} from {} to {}, saw \"{}\"", what, least, most, text));
  }
  return value;
}

std::vector<Route> parse_routes(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() % 3 != 0) throw std::invalid_argument("expected triples of arguments");
  std::vector<Route> routes;
  for (std::size_t i = 0; i < arguments.size(); i += 3) {
    Route route;
    route.port = parse_number<unsigned short>(arguments[i], "a port", 0, 65535);
    const std::string& target = arguments[i + 1];
    const std::size_t colon = target.rfind(':');
    if (colon == std::string::npos) throw std::invalid_argument(fmt::format("expected HOST:PORT, saw \"{}\"", target));
    route.host = target.substr(0, colon);
    route.service = target.substr(colon + 1);
    route.round_trip_ms =
        parse_number<double>(arguments[i + 2], "a round trip in milliseconds", 0, longest_round_trip_ms);
    routes.push_back(route);
  }
  return routes;
}

/// One listening port, and the connections that came in through it.
class Listener {
 public:
  Listener(asio::io_context& context, const Route& route, std::span<char> scratch)
      : acceptor_(context, Tcp::endpoint(asio::ip::address_v4::loopback(), route.port)), pause_(context),
        connections_(context.get_executor()), scratch_(scratch), name_(fmt::format("{}:{}", route.host, route.service)),
        round_trip_(std::chrono::microseconds(std::llround(route.round_trip_ms * 1000))) {
    Tcp::resolver resolver(context);
    target_ = resolver.resolve(route.host, route.service).begin()->endpoint();
    acceptor_.listen(4096);
  }

  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }

  asio::awaitable<void> run() {
    while (!stopping_) {
      auto accepted = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      auto& [error, socket] = accepted;
      if (stopping_) break;
      if (error) {
        // Out of descriptors, most likely: those that end make room.
        pause_.expires_after(std::chrono::milliseconds(100));
        co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      ++accepted_;
      connections_.spawn(serve(std::move(socket)));
    }
    co_await connections_.join();
  }

  void stop() {
    stopping_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (Relay* relay : live_) relay->close();
  }

  [[nodiscard]] std::string summary() const {
    return fmt::format("{}: {} connections, {} bytes to it, {} bytes from it", name_, accepted_, to_target_,
                       from_target_);
  }

 private:
  asio::awaitable<void> serve(Tcp::socket client) {
    Relay relay(std::move(client), target_, round_trip_, scratch_);
    live_.insert(&relay);
    co_await relay.run();
    live_.erase(&relay);
    to_target_ += relay.bytes_to_target();
    from_target_ += relay.bytes_from_target();
  }

  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  core::TaskGroup connections_;
  std::set<Relay*> live_;
  std::span<char> scratch_;
  std::string name_;
  Relay::Duration round_trip_;
  Tcp::endpoint target_;
  bool stopping_ = false;
  std::uint64_t accepted_ = 0;
  std::uint64_t to_target_ = 0;
  std::uint64_t from_target_ = 0;
};

void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void run(const std::vector<Route>& routes) {
  allow_many_descriptors();
  asio::io_context context(1);
  std::vector<char> scratch(std::size_t{256} << 10);
  std::vector<std::unique_ptr<Listener>> listeners;
  core::TaskGroup tasks(context.get_executor());
  std::string ready = "ready";
  for (const Route& route : routes) {
    listeners.push_back(std::make_unique<Listener>(context, route, std::span<char>(scratch)));
    tasks.spawn(listeners.back()->run());
    ready += fmt::format(" {}", listeners.back()->port());
  }
  asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&listeners](const boost::system::error_code&, int) {
    for (const auto& listener : listeners) listener->stop();
  });
  fmt::print("{}\n", ready);
  std::fflush(stdout);
  context.run();
  for (const auto& listener : listeners) fmt::print("{}\n", listener->summary());
}

}  // namespace
}  // namespace imapferry::bench

int main(int argc, char** argv) {
  try {
    imapferry::bench::run(imapferry::bench::parse_routes(std::vector<std::string>(argv + 1, argv + argc)));
    return 0;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "latency_proxy: {}\n{}", error.what(), imapferry::bench::usage_text);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "latency_proxy: {}\n", error.what());
    return 1;
  }
}
