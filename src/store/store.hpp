#pragma once

#include "core/failure.hpp"
#include "store/backend.hpp"
#include "store/locks.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::store {

/// What is remembered from run to run. A thread of its own does the work; what is waiting there goes into one
/// transaction. When something is wrong with the store the run goes on without it: run() returns false from then on.
class Store {
 public:
  using Work = std::function<void(Backend&)>;

  struct Opened;
  /// Opens the store of a directory, making both where they are not there. A damaged one is put aside, and a new one
  /// begun.
  static core::Result<Opened> open(const std::string& directory);

  Store(std::unique_ptr<Backend> backend, Locks locks, std::string path);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Finishes what is waiting.
  ~Store();

  [[nodiscard]] const core::HashKey& key() const noexcept { return key_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] Locks& locks() noexcept { return locks_; }

  /// Does the work on the store's thread and resumes here. What it refers to must not be touched meanwhile. False when
  /// it was not done, or not to its end.
  boost::asio::awaitable<bool> run(Work work);
  /// The same without waiting for it, behind everything that was asked for before.
  void post(Work work);

  /// What went wrong since the last call, for people.
  std::optional<std::string> take_trouble();

 private:
  bool execute(const Work& work);
  void commit();
  void give_up(const Trouble& trouble);

  std::string path_;
  core::HashKey key_;
  Locks locks_;
  std::unique_ptr<Backend> backend_;  ///< null once something was wrong with it
  bool is_in_transaction_ = false;
  std::mutex mutex_;
  std::optional<std::string> trouble_;
  boost::asio::thread_pool thread_;
};

struct Store::Opened {
  std::unique_ptr<Store> store;
  std::vector<std::string> notes;  ///< what the user should know: a damaged store was put aside
};

/// Where a store's file lies in its directory.
[[nodiscard]] std::string path_in(const std::string& directory);

/// Every account of a directory's store, for --status; nothing is made where nothing is.
[[nodiscard]] core::Result<std::vector<AccountSummary>> read_accounts(const std::string& directory);

}  // namespace imapferry::store
