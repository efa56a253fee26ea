#pragma once

#include "core/failure.hpp"
#include "store/records.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace imapferry::store {

/// Which process works with a store, and which with each account in it: locks on bytes of a file beside the store.
/// The system releases them when their process ends, however it ends, and tells who holds one (fcntl, F_GETLK).
class Locks {
 public:
  /// Makes the file where it is not there, and says that this process uses the store.
  static core::Result<Locks> open(const std::string& path);
  Locks(Locks&& other) noexcept;
  Locks& operator=(Locks&& other) noexcept;
  ~Locks();

  /// Takes an account for this process; or tells which process has it.
  std::optional<pid_t> hold(const AccountKey& account);
  void release(const AccountKey& account);
  /// Whether no other process uses the store. None can begin to until share() is called.
  bool exclude_others();
  void share();

 private:
  explicit Locks(int file) : file_(file) {}
  bool set(short type, off_t byte);

  int file_ = -1;
};

}  // namespace imapferry::store
