#include "store/store.hpp"

#include "store/files.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

namespace imapferry::store {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> call(const std::function<void()>& work) {
  work();
  co_return;
}

}  // namespace

Store::Store(std::unique_ptr<Backend> backend, Locks locks, std::string path)
    : path_(std::move(path)), key_(backend->key()), locks_(std::move(locks)), backend_(std::move(backend)), thread_(1) {
}

Store::~Store() {
  thread_.join();
  try {
    if (backend_) backend_->shrink();
  } catch (const Trouble&) {
    // It is no larger than it was.
  }
}

asio::awaitable<bool> Store::run(Work work) {
  bool is_done = false;
  const std::function<void()> task = [this, &work, &is_done] { is_done = execute(work); };
  asio::awaitable<void> running = call(task);
  co_await asio::co_spawn(thread_.get_executor(), std::move(running), asio::use_awaitable);
  co_return is_done;
}

void Store::post(Work work) {
  asio::post(thread_, [this, work = std::move(work)] { execute(work); });
}

bool Store::execute(const Work& work) {
  if (!backend_) return false;
  try {
    if (!is_in_transaction_) {
      backend_->begin();
      is_in_transaction_ = true;
      // Behind all that is waiting: it goes into the same transaction.
      asio::post(thread_, [this] { commit(); });
    }
    work(*backend_);
    return true;
  } catch (const Trouble& trouble) {
    give_up(trouble);
  } catch (const std::exception& error) {
    give_up(Trouble(Trouble::Kind::failed, error.what()));
  }
  return false;
}

void Store::commit() {
  if (!backend_) return;
  try {
    backend_->commit();
    is_in_transaction_ = false;
  } catch (const Trouble& trouble) {
    give_up(trouble);
  }
}

void Store::give_up(const Trouble& trouble) {
  backend_.reset();
  std::string words = fmt::format("the store {} cannot be used any further: {}", path_, trouble.what());
  if (trouble.kind() == Trouble::Kind::damaged) {
    // The next run finds out by itself when this one cannot put it aside.
    const std::optional<std::string> aside = put_aside(path_, locks_);
    words += aside ? fmt::format("; it was put aside as {}", *aside) : std::string("; another process uses it");
  }
  const std::lock_guard guard(mutex_);
  trouble_ = words + ". This run goes on without it, only slower";
}

std::optional<std::string> Store::take_trouble() {
  const std::lock_guard guard(mutex_);
  return std::exchange(trouble_, std::nullopt);
}

}  // namespace imapferry::store
