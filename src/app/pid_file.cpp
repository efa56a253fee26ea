#include "app/pid_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <system_error>
#include <utility>

namespace imapferry::app {

namespace {

constexpr pid_t largest_pid = 4194304;

std::string reason() { return std::generic_category().message(errno); }

std::string read_start(int file) {
  std::array<char, 4096> text{};
  const ssize_t got = ::pread(file, text.data(), text.size(), 0);
  return std::string(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

core::Failure trouble(const std::string& path, std::string_view what) {
  return core::Failure{core::Fault::busy, fmt::format("the pid file {} {}", core::printable(path, 1000), what), {}};
}

}  // namespace

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t process = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), process);
  const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!is_whole || process < 1 || process > largest_pid) return std::nullopt;
  return process;
}

core::Result<PidFileContent> read_pid_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    return core::Failure{
        core::Fault::input, fmt::format("cannot read the pid file {}: {}", core::printable(path, 1000), reason()), {}};
  }
  const std::string text = read_start(file);
  PidFileContent content;
  content.is_held = ::flock(file, LOCK_SH | LOCK_NB) != 0;
  ::close(file);
  std::string_view rest = text;
  const std::optional<pid_t> process = parse_pid(take_line(rest));
  if (!process) {
    return core::Failure{
        core::Fault::input, fmt::format("the pid file {} holds no process number", core::printable(path, 1000)), {}};
  }
  content.process = *process;
  content.log_file = take_line(rest);
  return content;
}

bool is_alive(pid_t process) { return ::kill(process, 0) == 0 || errno == EPERM; }

std::string abort_file_name(std::string_view pid_file, pid_t process) {
  return fmt::format("{}abort{}", pid_file, process);
}

core::Result<std::unique_ptr<PidFile>> PidFile::take(const std::string& path, IfTaken if_taken,
                                                     std::string_view log_file) {
  constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int file = ::open(path.c_str(), flags, 0644);
  if (file < 0) return trouble(path, "cannot be written: " + reason());
  const std::string text = read_start(file);
  std::string_view rest = text;
  const std::optional<pid_t> other = parse_pid(take_line(rest));
  const bool is_free = ::flock(file, LOCK_EX | LOCK_NB) == 0;
  const bool is_other_alive = other && *other != ::getpid() && is_alive(*other);
  if (if_taken == IfTaken::refuse && (!is_free || is_other_alive)) {
    ::close(file);
    return trouble(path, fmt::format("is that of process {}, which is running (--pidfilelocking)", other.value_or(0)));
  }
  if (!is_free) {
    // Somebody else's stays theirs, under no name; this one is ours.
    ::close(file);
    ::unlink(path.c_str());
    file = ::open(path.c_str(), flags | O_EXCL, 0644);
    if (file < 0) return trouble(path, "cannot be written: " + reason());
    ::flock(file, LOCK_EX | LOCK_NB);
  }
  std::unique_ptr<PidFile> ours(new PidFile(path, file));
  const std::string content = fmt::format("{}\n{}\n", ::getpid(), log_file);
  const bool is_written = ::ftruncate(file, 0) == 0 &&
                          ::pwrite(file, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size());
  if (!is_written) return trouble(path, "cannot be written: " + reason());
  return ours;
}

bool PidFile::take_abort_request() const { return ::unlink(abort_file_name(path_, ::getpid()).c_str()) == 0; }

void PidFile::remove() {
  if (file_ < 0) return;
  struct stat ours {};
  struct stat there {};
  const bool is_ours = ::fstat(file_, &ours) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
                       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
  if (is_ours) ::unlink(path_.c_str());
  ::close(std::exchange(file_, -1));
}

}  // namespace imapferry::app
