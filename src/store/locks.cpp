#include "store/locks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace imapferry::store {

namespace {

constexpr off_t byte_of_store = 0;

// Two accounts that came to the same byte would wait for each other: there are enough bytes.
off_t byte_of(const AccountKey& account) {
  constexpr core::HashKey any_key{{0, 0}};
  core::SipHasher hasher(any_key);
  for (const std::string* part :
       {&account.source_server, &account.source_login, &account.destination_server, &account.destination_login}) {
    hasher.update(*part);
    hasher.update(std::string_view("\0", 1));
  }
  return static_cast<off_t>(1 + (hasher.finish().bits[0] >> 2));
}

struct flock lock_on(short type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

}  // namespace

core::Result<Locks> Locks::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return core::Failure{
        core::Fault::input,
        fmt::format("cannot open {}: {}", core::printable(path), std::generic_category().message(errno)),
        {}};
  }
  Locks locks(file);
  struct flock lock = lock_on(F_RDLCK, byte_of_store);
  // Whoever excludes the others does so for a moment only.
  int result = 0;
  do {
    result = ::fcntl(file, F_SETLKW, &lock);
  } while (result < 0 && errno == EINTR);
  if (result == 0) return locks;
  return core::Failure{core::Fault::input,
                       fmt::format("cannot lock {}: {}", core::printable(path), std::generic_category().message(errno)),
                       {}};
}

Locks::Locks(Locks&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Locks& Locks::operator=(Locks&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

Locks::~Locks() {
  if (file_ >= 0) ::close(file_);
}

bool Locks::set(short type, off_t byte) {
  struct flock lock = lock_on(type, byte);
  return ::fcntl(file_, F_SETLK, &lock) == 0;
}

std::optional<pid_t> Locks::hold(const AccountKey& account) {
  const off_t byte = byte_of(account);
  while (!set(F_WRLCK, byte)) {
    struct flock lock = lock_on(F_WRLCK, byte);
    // Where the file system cannot lock there is nobody to wait for.
    if (::fcntl(file_, F_GETLK, &lock) < 0) return std::nullopt;
    if (lock.l_type != F_UNLCK) return lock.l_pid;
  }
  return std::nullopt;
}

void Locks::release(const AccountKey& account) { set(F_UNLCK, byte_of(account)); }

bool Locks::exclude_others() { return set(F_WRLCK, byte_of_store); }

void Locks::share() { set(F_RDLCK, byte_of_store); }

}  // namespace imapferry::store
