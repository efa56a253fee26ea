#include "core/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace imapferry::core {

namespace {

constexpr std::size_t longest = 64u << 10;

Failure failure(const std::string& path, std::string_view what) {
  return Failure{Fault::input, fmt::format("{}: {}", printable(path), what), {}};
}

}  // namespace

Result<Secret> read_secret(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failure(path, std::generic_category().message(errno));
  std::string text(longest, '\0');
  std::size_t used = 0;
  ssize_t got = 1;
  while (used < text.size() && got > 0) {
    got = ::read(file, text.data() + used, text.size() - used);
    if (got > 0) used += static_cast<std::size_t>(got);
    if (got < 0 && errno == EINTR) got = 1;
  }
  const int error = errno;
  ::close(file);
  std::string_view line = std::string_view(text).substr(0, used);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const bool is_whole = used < text.size() || line.size() < used;
  Secret secret{std::string(line)};
  wipe(text);
  if (got < 0) return failure(path, std::generic_category().message(error));
  if (!is_whole) return failure(path, "the first line is too long");
  if (secret.empty()) return failure(path, "the first line is empty");
  return secret;
}

}  // namespace imapferry::core
