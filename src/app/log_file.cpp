#include "app/log_file.hpp"

#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace imapferry::app {

namespace {

constexpr std::size_t worth_writing = 64 << 10;
// A disk that does not take this much in time is no place for more.
constexpr std::size_t most_in_flight = 16 << 20;

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

core::Result<std::unique_ptr<LogFile>> LogFile::open(const std::string& path) {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, error);
  // Subjects and names are nobody else's business.
  const int file = error ? -1 : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) {
    return core::Failure{core::Fault::input,
                         fmt::format("cannot write the log file {}: {}", core::printable(path, 1000),
                                     error ? error.message() : reason(errno)),
                         {}};
  }
  return std::unique_ptr<LogFile>(new LogFile(path, file));
}

LogFile::~LogFile() { close(); }

void LogFile::write(std::string_view text) {
  if (file_ < 0) return;
  if (in_flight_ > most_in_flight) {
    has_overflowed_ = true;
    return;
  }
  gathered_ += text;
  if (gathered_.size() >= worth_writing) flush();
}

void LogFile::flush() {
  if (gathered_.empty() || file_ < 0) return;
  in_flight_ += gathered_.size();
  boost::asio::post(thread_, [this, text = std::exchange(gathered_, {})] { put(text); });
}

void LogFile::put(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      error_ = written < 0 ? errno : ENOSPC;
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  in_flight_ -= text.size();
}

void LogFile::close() {
  flush();
  thread_.join();
  if (file_ >= 0) ::close(std::exchange(file_, -1));
}

std::optional<std::string> LogFile::take_trouble() {
  if (is_trouble_told_ || (error_ == 0 && !has_overflowed_)) return std::nullopt;
  is_trouble_told_ = true;
  const std::string why = error_ != 0 ? reason(error_) : std::string("it takes too long");
  return fmt::format("the log file {} cannot be written as it should: {}; this run goes on",
                     core::printable(path_, 1000), why);
}

}  // namespace imapferry::app
