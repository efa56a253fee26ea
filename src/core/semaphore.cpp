#include "core/semaphore.hpp"

#include "core/condition.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace imapferry::core {

struct Semaphore::Waiter {
  Waiter(Semaphore& where, const boost::asio::any_io_executor& executor, std::size_t wanted)
      : semaphore(where), woken(executor), units(wanted) {}
  /// A coroutine that waits may be destroyed: its place, or what it was given already, goes to the next.
  ~Waiter() {
    if (is_granted) {
      semaphore.release(units);
    } else {
      semaphore.waiters_.remove(this);
      semaphore.grant();
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Semaphore& semaphore;
  Condition woken;
  std::size_t units;  ///< none once they are its holder's
  bool is_granted = false;
};

Semaphore::Permit::Permit(Permit&& other) noexcept
    : semaphore_(std::exchange(other.semaphore_, nullptr)), units_(std::exchange(other.units_, 0)) {}

Semaphore::Permit& Semaphore::Permit::operator=(Permit&& other) noexcept {
  if (this != &other) {
    release();
    semaphore_ = std::exchange(other.semaphore_, nullptr);
    units_ = std::exchange(other.units_, 0);
  }
  return *this;
}

void Semaphore::Permit::release() noexcept {
  if (semaphore_ != nullptr) std::exchange(semaphore_, nullptr)->release(std::exchange(units_, 0));
}

boost::asio::awaitable<Semaphore::Permit> Semaphore::acquire(std::size_t units) {
  units = std::min(units, total_);
  if (waiters_.empty() && available_ >= units) {
    available_ -= units;
    co_return Permit(*this, units);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  Waiter self(*this, executor, units);
  waiters_.push_back(&self);
  while (!self.is_granted) co_await self.woken.wait();
  self.units = 0;
  co_return Permit(*this, units);
}

Semaphore::Permit Semaphore::try_acquire(std::size_t units) {
  units = std::min(units, total_);
  if (!waiters_.empty() || available_ < units) return {};
  available_ -= units;
  return Permit(*this, units);
}

void Semaphore::release(std::size_t units) noexcept {
  available_ += units;
  grant();
}

void Semaphore::grant() noexcept {
  while (!waiters_.empty() && waiters_.front()->units <= available_) {
    Waiter* waiter = waiters_.front();
    waiters_.pop_front();
    available_ -= waiter->units;
    waiter->is_granted = true;
    waiter->woken.notify_all();
  }
}

}  // namespace imapferry::core
