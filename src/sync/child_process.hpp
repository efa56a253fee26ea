#pragma once

#include "core/failure.hpp"

#include <sys/types.h>

#include <string>

namespace imapferry::sync {

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] int release() noexcept;

 private:
  int number_ = -1;
};

/// `/bin/sh -c command` with three pipes, in a process group of its own. It inherits nothing else of ours: no other
/// descriptor, no ignored signal, no password in the environment. What is left of it is killed with this.
class ChildProcess {
 public:
  /// Fails (Fault::append) when the system lets no process be made.
  static core::Result<ChildProcess> start(const std::string& command);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Ours: to write to, to read from; not blocking. To be taken once.
  Descriptor input, output, errors;

  /// Readable when the process has ended; -1 where the system has no such thing.
  [[nodiscard]] int end_descriptor() const noexcept { return end_.get(); }
  /// Whether it has ended; then the wait status is known.
  bool has_ended();
  [[nodiscard]] int wait_status() const noexcept { return status_; }
  /// Ends it and all of its group.
  void kill() noexcept;

 private:
  ChildProcess() = default;
  pid_t pid_ = 0;
  bool is_reaped_ = true;
  int status_ = 0;
  Descriptor end_;
};

}  // namespace imapferry::sync
