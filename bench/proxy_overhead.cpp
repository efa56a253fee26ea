#include "proxy_overhead.hpp"

#include "core/task_group.hpp"
#include "listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nlohmann/json.hpp>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace imapferry::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t exchange_size = 64;
constexpr std::size_t warm_up_exchanges = 500;
constexpr std::size_t exchanges = 5'000;
constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::size_t idle_connections = 1'000;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(fmt::format("expected {} to work", what));
}

/// A blocking socket: nothing of what is measured stands between it and the kernel.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) { require(descriptor >= 0, "a socket"); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  static Socket listening() {
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(0);
    require(::bind(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
    require(::listen(socket.descriptor_, 4096) == 0, "listen");
    return socket;
  }
  static Socket connected(std::uint16_t port) {
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    require(::connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
    socket.answer_at_once();
    return socket;
  }
  [[nodiscard]] Socket accept() const {
    Socket socket(::accept(descriptor_, nullptr, nullptr));
    socket.answer_at_once();
    return socket;
  }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    require(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    return ntohs(address.sin_port);
  }

  void send(const char* bytes, std::size_t size) const {
    while (size > 0) {
      const ssize_t sent = ::send(descriptor_, bytes, size, MSG_NOSIGNAL);
      require(sent > 0, "send");
      bytes += sent;
      size -= static_cast<std::size_t>(sent);
    }
  }
  /// 0 at the end.
  [[nodiscard]] std::size_t receive(char* into, std::size_t size) const {
    const ssize_t received = ::recv(descriptor_, into, size, 0);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void answer_at_once() const {
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  int descriptor_;
};

/// The proxy, at work on a thread of its own.
class RunningProxy {
 public:
  explicit RunningProxy(std::uint16_t target)
      : context_(1), scratch_(std::size_t{256} << 10), listener_(context_, route_to(target), scratch_),
        tasks_(context_.get_executor()) {
    tasks_.spawn(listener_.run());
    thread_ = std::thread([this] { context_.run(); });
  }
  ~RunningProxy() {
    boost::asio::post(context_, [this] { listener_.stop(); });
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// So far, of the proxy's thread alone.
  [[nodiscard]] double cpu_seconds() {
    clockid_t clock{};
    timespec time{};
    require(::pthread_getcpuclockid(thread_.native_handle(), &clock) == 0 && ::clock_gettime(clock, &time) == 0,
            "a clock");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }

 private:
  static Route route_to(std::uint16_t target) {
    Route route;
    route.host = "127.0.0.1";
    route.service = std::to_string(target);
    return route;
  }

  boost::asio::io_context context_;
  std::vector<char> scratch_;
  Listener listener_;
  core::TaskGroup tasks_;
  std::uint16_t port_ = listener_.port();
  std::thread thread_;
};

/// The median, in microseconds, of sending a few bytes and having them back.
double exchange_time(const Socket& listening, std::uint16_t port) {
  std::thread echo([&listening] {
    const Socket peer = listening.accept();
    std::array<char, exchange_size> bytes{};
    for (std::size_t size = 0; (size = peer.receive(bytes.data(), bytes.size())) > 0;) peer.send(bytes.data(), size);
  });
  std::vector<double> times;
  {
    const Socket client = Socket::connected(port);
    std::array<char, exchange_size> bytes{};
    for (std::size_t i = 0; i < warm_up_exchanges + exchanges; ++i) {
      const auto start = Clock::now();
      client.send(bytes.data(), bytes.size());
      for (std::size_t back = 0; back < bytes.size();) back += client.receive(bytes.data(), bytes.size());
      if (i < warm_up_exchanges) continue;
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
  }
  echo.join();
  std::nth_element(times.begin(), times.begin() + exchanges / 2, times.end());
  return times[exchanges / 2];
}

/// MiB a second, one way.
double throughput(const Socket& listening, std::uint16_t port, std::uint64_t mib) {
  const std::vector<char> block(std::size_t{256} << 10);
  const auto start = Clock::now();
  std::thread sender([&block, port, mib] {
    const Socket client = Socket::connected(port);
    for (std::uint64_t sent = 0; sent < mib * mebibyte; sent += block.size()) client.send(block.data(), block.size());
  });
  std::uint64_t total = 0;
  {
    const Socket peer = listening.accept();
    std::vector<char> room(block.size());
    for (std::size_t size = 0; (size = peer.receive(room.data(), room.size())) > 0;) total += size;
  }
  const std::chrono::duration<double> elapsed = Clock::now() - start;
  sender.join();
  require(total == mib * mebibyte, "the transfer");
  return static_cast<double>(mib) / elapsed.count();
}

/// Connections through the proxy that do nothing.
std::vector<Socket> idle(const Socket& listening, std::uint16_t port) {
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i < idle_connections; ++i) {
    sockets.push_back(Socket::connected(port));
    sockets.push_back(listening.accept());
  }
  return sockets;
}

}  // namespace

nlohmann::ordered_json measure_proxy_overhead(std::uint64_t mib) {
  const Socket listening = Socket::listening();
  nlohmann::ordered_json direct;
  nlohmann::ordered_json proxied;
  direct["exchange_us"] = exchange_time(listening, listening.port());
  direct["mib_per_second"] = throughput(listening, listening.port(), mib);
  {
    RunningProxy proxy(listening.port());
    proxied["exchange_us"] = exchange_time(listening, proxy.port());
    const double before = proxy.cpu_seconds();
    proxied["mib_per_second"] = throughput(listening, proxy.port(), mib);
    proxied["cpu_seconds_per_gib"] = (proxy.cpu_seconds() - before) / static_cast<double>(mib) * 1024;
    const std::vector<Socket> sockets = idle(listening, proxy.port());
    proxied["exchange_us_beside_idle_connections"] = exchange_time(listening, proxy.port());
    proxied["idle_connections"] = idle_connections;
  }
  nlohmann::ordered_json result;
  result["added_us"] = proxied["exchange_us"].get<double>() - direct["exchange_us"].get<double>();
  result["direct"] = std::move(direct);
  result["proxied"] = std::move(proxied);
  return result;
}

}  // namespace imapferry::bench
