#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <list>

namespace imapferry::core {

/// Counts units (connections, bytes) that are handed out first come, first served. All callers share one executor.
/// A waiter lives on its own coroutine frame, and whoever holds a Permit gives its units back, so none are lost.
class Semaphore {
 public:
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) noexcept;
    ~Permit() { release(); }
    /// Gives the units back early.
    void release() noexcept;
    [[nodiscard]] std::size_t units() const noexcept { return units_; }
    explicit operator bool() const noexcept { return semaphore_ != nullptr; }

   private:
    friend class Semaphore;
    Permit(Semaphore& semaphore, std::size_t units) : semaphore_(&semaphore), units_(units) {}
    Semaphore* semaphore_ = nullptr;
    std::size_t units_ = 0;
  };

  explicit Semaphore(std::size_t units) : available_(units), total_(units) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Waits for `units`. A request for more than there are takes all of them, rather than waiting for ever.
  boost::asio::awaitable<Permit> acquire(std::size_t units = 1);
  /// The units if they are free now and nobody waits; an empty permit otherwise.
  Permit try_acquire(std::size_t units = 1);

  [[nodiscard]] std::size_t total() const noexcept { return total_; }
  [[nodiscard]] std::size_t in_use() const noexcept { return total_ > available_ ? total_ - available_ : 0; }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiters_.size(); }

 private:
  struct Waiter;
  void release(std::size_t units) noexcept;
  void grant() noexcept;

  std::size_t available_;
  std::size_t total_;
  std::list<Waiter*> waiters_;
};

}  // namespace imapferry::core
