// A source that makes up its mail and a sink that checks and drops it: the client's own ceiling, and scale.
#include "core/task_group.hpp"
#include "options.hpp"
#include "server.hpp"
#include "sink_store.hpp"
#include "source_store.hpp"
#include "world.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace imapferry::bench::synthetic {
namespace {

namespace asio = boost::asio;

void allow_many_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Not ru_maxrss: that begins with what the program had that started this one.
std::uint64_t peak_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib;
  }
  return 0;
}

/// One line. Users choose their names, and those may be any bytes.
std::string text_of(const nlohmann::ordered_json& report) {
  return report.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void describe_shape(const World& world, nlohmann::ordered_json& report) {
  report["seed"] = world.shape.seed;
  report["shape"] = {{"mailboxes", world.shape.mailboxes},
                     {"messages", world.shape.messages},
                     {"size", world.shape.size},
                     {"spread", world.shape.spread},
                     {"users", world.users},
                     {"new_percent", world.shape.new_percent},
                     {"flags_changed_percent", world.shape.changed_percent}};
  report["is_after_delta"] = world.phase == Phase::after_delta;
}

void describe_cost(nlohmann::ordered_json& report) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  report["user_seconds"] = seconds_of(usage.ru_utime);
  report["system_seconds"] = seconds_of(usage.ru_stime);
  report["peak_rss_kib"] = peak_memory_kib();
}

/// The whole program: one world, one store, one server.
class Program {
 public:
  explicit Program(const Options& options)
      : options_(options), context_(1), world_(options.shape), signals_(context_, SIGTERM, SIGINT) {
    world_.users = options.users;
    if (options.after_delta) world_.phase = Phase::after_delta;
    if (options.role == Role::source) {
      store_ = std::make_unique<SourceStore>(world_);
    } else {
      store_ = std::make_unique<SinkStore>(world_);
    }
    server_ = std::make_unique<Server>(context_, options_, world_, *store_);
    signals_.add(SIGUSR1);
    signals_.add(SIGUSR2);
  }

  void run() {
    wait_for_signal();
    core::TaskGroup tasks(context_.get_executor());
    tasks.spawn(server_->run());
    fmt::print("ready {}\n", server_->port());
    std::fflush(stdout);
    context_.run();
    const nlohmann::ordered_json last = report();
    write(last);
    fmt::print("{}\n", text_of(last));
  }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGUSR2) world_.phase = Phase::after_delta;
      if (signal == SIGUSR1) write(report());
      if (signal == SIGTERM || signal == SIGINT) return server_->stop();
      wait_for_signal();
    });
  }

  [[nodiscard]] nlohmann::ordered_json report() {
    nlohmann::ordered_json report;
    report["role"] = options_.role == Role::source ? "source" : "sink";
    report["reports"] = ++reports_;
    describe_shape(world_, report);
    store_->describe(report);
    server_->traffic().describe(report);
    describe_cost(report);
    return report;
  }

  /// Whoever waits for the file never sees half of it.
  void write(const nlohmann::ordered_json& told) const {
    if (options_.report.empty()) return;
    const std::string unfinished = options_.report + ".unfinished";
    std::ofstream(unfinished) << text_of(told) << '\n';
    std::rename(unfinished.c_str(), options_.report.c_str());
  }

  const Options& options_;
  asio::io_context context_;
  World world_;
  asio::signal_set signals_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Server> server_;
  std::uint64_t reports_ = 0;
};

}  // namespace
}  // namespace imapferry::bench::synthetic

int main(int argc, char** argv) {
  using namespace imapferry::bench::synthetic;
  try {
    const Options options = parse_options(std::vector<std::string>(argv + 1, argv + argc));
    allow_many_descriptors();
    Program(options).run();
    return 0;
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "synthetic_server: {}\n{}", error.what(), usage_text);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "synthetic_server: {}\n", error.what());
    return 1;
  }
}
