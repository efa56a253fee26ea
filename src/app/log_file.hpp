#pragma once

#include "core/failure.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::app {

/// A log file. What is written is gathered, and put into the file by a thread of its own: whoever writes never waits.
/// What cannot be written is told once, and lost; nothing else comes of it.
class LogFile {
 public:
  /// Makes the directory as well. Fails with Fault::input.
  static core::Result<std::unique_ptr<LogFile>> open(const std::string& path);
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  /// Waits until everything is in the file.
  ~LogFile();

  void write(std::string_view text);
  /// To be called now and then: hands over what was gathered.
  void flush();
  /// Waits until everything is in the file, and ends it.
  void close();
  /// Why something could not be written; only the first time.
  [[nodiscard]] std::optional<std::string> take_trouble();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  LogFile(std::string path, int file) : path_(std::move(path)), file_(file), thread_(1) {}
  void put(const std::string& text);

  std::string path_;
  int file_;
  std::string gathered_;
  std::atomic<std::size_t> in_flight_{0};  ///< bytes that the thread has yet to write
  std::atomic<int> error_{0};
  std::atomic<bool> has_overflowed_{false};
  bool is_trouble_told_ = false;
  boost::asio::thread_pool thread_;
};

}  // namespace imapferry::app
