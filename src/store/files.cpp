#include "store/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

namespace imapferry::store {

namespace fs = std::filesystem;

std::optional<std::string> make_directory(const std::string& directory) {
  std::string path;
  for (const fs::path& part : fs::path(directory)) {
    path = (fs::path(path) / part).string();
    if (path.empty() || ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) continue;
    std::error_code ignored;
    const int error = errno;
    if (!fs::is_directory(path, ignored)) return std::generic_category().message(error);
  }
  std::error_code error;
  if (!fs::is_directory(directory, error)) return std::string("it is no directory");
  return std::nullopt;
}

void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

bool was_left_open(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path + "-wal", error);
  return !error && size > 0;
}

std::optional<std::string> put_aside(const std::string& path, Locks& locks) {
  if (!locks.exclude_others()) return std::nullopt;
  std::string aside = fmt::format("{}.damaged-{}", path, std::time(nullptr));
  for (int n = 2; fs::exists(aside); ++n) aside = fmt::format("{}.damaged-{}-{}", path, std::time(nullptr), n);
  const bool is_moved = std::rename(path.c_str(), aside.c_str()) == 0;
  // What is in the log belongs to the damaged file.
  for (const char* part : {"-wal", "-shm"}) std::rename((path + part).c_str(), (aside + part).c_str());
  locks.share();
  if (!is_moved) return std::nullopt;
  return aside;
}

}  // namespace imapferry::store
