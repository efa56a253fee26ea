#include "app/control.hpp"

#include "app/complain.hpp"
#include "app/pid_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>

namespace imapferry::app {

using namespace std::chrono_literals;

namespace {

constexpr auto grace = 3s;
constexpr auto glance = 50ms;

/// A process that has ended holds nothing, though its number stays until somebody has asked for its exit code.
bool runs_still(const config::ProcessSpec& process, pid_t number) {
  const core::Result<PidFileContent> content = read_pid_file(process.pid_file);
  return content && content->is_held && content->process == number && is_alive(number);
}

bool is_gone_within(const config::ProcessSpec& process, pid_t number, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (runs_still(process, number)) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(glance);
  }
  return true;
}

/// A number can come to be another program's once the run has ended: such a one is left alone.
bool is_ours(const PidFileContent& content, const std::string& path) {
  if (content.is_held) return true;
  fmt::print("Nothing to do: the pid file {} is left over, no imapferry runs with it\n", core::printable(path, 1000));
  return false;
}

int refuse(pid_t process) {
  return complain(core::Failure{
      core::Fault::input,
      fmt::format("cannot send a signal to process {}: {}", process, std::generic_category().message(errno)),
      {}});
}

/// Shows what a file holds from a position on; returns the position behind it.
off_t show_from(int file, off_t position) {
  std::array<char, 64 << 10> text{};
  while (true) {
    const ssize_t got = ::pread(file, text.data(), text.size(), position);
    if (got <= 0) break;
    std::fwrite(text.data(), 1, static_cast<std::size_t>(got), stdout);
    position += got;
  }
  std::fflush(stdout);
  return position;
}

}  // namespace

int abort_run(const config::ProcessSpec& process) {
  const core::Result<PidFileContent> content = read_pid_file(process.pid_file);
  if (!content) return complain(content.error());
  if (!is_ours(*content, process.pid_file)) return EXIT_SUCCESS;
  const pid_t other = content->process;
  fmt::print("Sending SIGQUIT to process {}\n", other);
  std::fflush(stdout);
  if (::kill(other, SIGQUIT) != 0 && errno != ESRCH) return refuse(other);
  if (!is_gone_within(process, other, grace)) {
    fmt::print("Process {} is still there: sending SIGKILL\n", other);
    if (::kill(other, SIGKILL) != 0 && errno != ESRCH) return refuse(other);
    if (!is_gone_within(process, other, grace)) return refuse(other);
  }
  fmt::print("Process {} has ended\n", other);
  return EXIT_SUCCESS;
}

int abort_run_by_file(const config::ProcessSpec& process) {
  const core::Result<PidFileContent> content = read_pid_file(process.pid_file);
  if (!content) return complain(content.error());
  if (!is_ours(*content, process.pid_file)) return EXIT_SUCCESS;
  const std::string path = abort_file_name(process.pid_file, content->process);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) {
    return complain(core::Failure{
        core::Fault::input,
        fmt::format("cannot write {}: {}", core::printable(path, 1000), std::generic_category().message(errno)),
        {}});
  }
  ::close(file);
  fmt::print("Asked process {} to stop, by the file {}\n", content->process, core::printable(path, 1000));
  return EXIT_SUCCESS;
}

int follow_log(const config::ProcessSpec& process) {
  const core::Result<PidFileContent> content = read_pid_file(process.pid_file);
  if (!content) return complain(content.error());
  if (content->log_file.empty()) {
    return complain(core::Failure{
        core::Fault::input,
        fmt::format("the run of the pid file {} writes no log file", core::printable(process.pid_file, 1000)),
        {}});
  }
  const int file = ::open(content->log_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return complain(
        core::Failure{core::Fault::input,
                      fmt::format("cannot read the log file {}: {}", core::printable(content->log_file, 1000),
                                  std::generic_category().message(errno)),
                      {}});
  }
  off_t position = 0;
  // What it writes last it has written when it is gone.
  bool is_over = false;
  while (!is_over) {
    is_over = !runs_still(process, content->process);
    position = show_from(file, position);
    if (!is_over) std::this_thread::sleep_for(glance);
  }
  ::close(file);
  return EXIT_SUCCESS;
}

}  // namespace imapferry::app
