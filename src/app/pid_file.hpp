#pragma once

#include "core/failure.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::app {

/// A process number as it may stand in a pid file: 1 to 4194304, digits alone.
[[nodiscard]] std::optional<pid_t> parse_pid(std::string_view text);

/// What a pid file says.
struct PidFileContent {
  pid_t process = 0;
  std::string log_file;  ///< empty when there is none
  bool is_held = false;  ///< by a living imapferry: nobody else's process has come to have this number
};

/// Fails with Fault::input when it is not there or holds no process number.
[[nodiscard]] core::Result<PidFileContent> read_pid_file(const std::string& path);

[[nodiscard]] bool is_alive(pid_t process);

/// The file with which --abortbyfile asks a process to stop.
[[nodiscard]] std::string abort_file_name(std::string_view pid_file, pid_t process);

/// Our own pid file: there, and locked, while this object is.
class PidFile {
 public:
  enum class IfTaken { replace, refuse };
  /// Fails with Fault::busy (exit code 8) when it cannot be written, or names a living process and that is to be
  /// refused.
  static core::Result<std::unique_ptr<PidFile>> take(const std::string& path, IfTaken if_taken,
                                                     std::string_view log_file);
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  ~PidFile() { remove(); }

  /// Whether somebody asks us to stop; the question is answered once.
  [[nodiscard]] bool take_abort_request() const;
  void remove();

 private:
  PidFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_;
};

}  // namespace imapferry::app
