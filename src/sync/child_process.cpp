#include "sync/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace imapferry::sync {

namespace {

core::Failure failed(std::string_view what, int error) {
  return {core::Fault::append, fmt::format("{}: {}", what, std::generic_category().message(error)), {}};
}

struct Pipe {
  Descriptor ours, theirs;
};

enum class Direction { to_child, from_child };

/// Both ends are closed by whatever else is started meanwhile.
core::Result<Pipe> make_pipe(Direction direction) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("no pipe can be made", errno);
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  if (direction == Direction::to_child) std::swap(pipe.ours, pipe.theirs);
  ::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

/// All but the passwords, which no command needs.
std::vector<char*> environment() {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const bool is_password = text.starts_with("IMAPFERRY_PASSWORD") || text.starts_with("IMAPSYNC_PASSWORD");
    if (!is_password) variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  return variables;
}

/// What posix_spawn is told: where the pipes go, and that the child starts with a clean slate.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  void connect(const Descriptor& pipe, int number) { posix_spawn_file_actions_adddup2(&actions_, pipe.get(), number); }
  /// Not every socket of ours closes itself.
  void close_others() { posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1); }

  int run(const std::string& command, pid_t& pid) {
    std::string shell = "/bin/sh", option = "-c", text = command;
    std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
    std::vector<char*> variables = environment();
    return posix_spawn(&pid, shell.c_str(), &actions_, &attributes_, arguments.data(), variables.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  Descriptor old(std::exchange(number_, other.release()));
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

int Descriptor::release() noexcept { return std::exchange(number_, -1); }

core::Result<ChildProcess> ChildProcess::start(const std::string& command) {
  core::Result<Pipe> input = make_pipe(Direction::to_child);
  if (!input) return input.error();
  core::Result<Pipe> output = make_pipe(Direction::from_child);
  if (!output) return output.error();
  core::Result<Pipe> errors = make_pipe(Direction::from_child);
  if (!errors) return errors.error();
  SpawnPlan plan;
  plan.connect(input->theirs, STDIN_FILENO);
  plan.connect(output->theirs, STDOUT_FILENO);
  plan.connect(errors->theirs, STDERR_FILENO);
  plan.close_others();
  ChildProcess child;
  if (const int error = plan.run(command, child.pid_); error != 0) return failed("/bin/sh cannot be started", error);
  child.is_reaped_ = false;
  child.input = std::move(input->ours);
  child.output = std::move(output->ours);
  child.errors = std::move(errors->ours);
  child.end_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : input(std::move(other.input)), output(std::move(other.output)), errors(std::move(other.errors)), pid_(other.pid_),
      is_reaped_(std::exchange(other.is_reaped_, true)), status_(other.status_), end_(std::move(other.end_)) {}

ChildProcess::~ChildProcess() {
  if (is_reaped_) return;
  kill();
  // A killed process is gone at once, or as soon as the kernel can do it: nothing to wait long for.
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
}

bool ChildProcess::has_ended() {
  if (!is_reaped_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) is_reaped_ = true;
  return is_reaped_;
}

void ChildProcess::kill() noexcept {
  if (!is_reaped_) ::kill(-pid_, SIGKILL);
}

}  // namespace imapferry::sync
