#pragma once

#include "store/records.hpp"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::store {

/// What is wrong with a store. It is never a reason to stop a run: the store only saves time.
class Trouble : public std::runtime_error {
 public:
  enum class Kind {
    damaged,  ///< what is there cannot have been written by us
    foreign,  ///< a newer imapferry has written it
    failed,   ///< no room, no permission, an error of the device
  };
  Trouble(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// Where records are kept: a database. All calls come from one thread, one after the other, and may block; they throw
/// Trouble. What is written between begin() and commit() is there as a whole or not at all.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Drawn when the store was made: keys the identities and checksums in it.
  virtual core::HashKey key() = 0;
  virtual void begin() = 0;
  virtual void commit() = 0;
  /// Gives room back that nothing needs any more; at the end of a run, outside a transaction.
  virtual void shrink() = 0;

  /// The number of an account; it is made when it is not there.
  virtual std::int64_t account(const AccountKey& key, std::string_view name) = 0;
  virtual void put_outcome(std::int64_t account, const AccountOutcome& outcome) = 0;
  virtual std::vector<AccountSummary> accounts() = 0;

  virtual std::vector<MailboxRecord> mailboxes(std::int64_t account) = 0;
  /// Writes a mailbox pair, found by its names, and returns its number.
  virtual std::int64_t put_mailbox(std::int64_t account, const MailboxRecord& mailbox) = 0;
  /// What could not be carried in the last pass.
  virtual void put_refused(std::int64_t mailbox, const std::vector<RefusedMessage>& refused) = 0;

  /// The messages of a mailbox pair, as packed chunks with numbers of the caller's choice.
  virtual void put_chunk(std::int64_t mailbox, std::int64_t number, std::string_view packed) = 0;
  virtual void erase_chunk(std::int64_t mailbox, std::int64_t number) = 0;
  using ChunkVisitor = std::function<void(std::int64_t number, std::string_view packed)>;
  /// In ascending order of number.
  virtual void read_chunks(std::int64_t mailbox, const ChunkVisitor& visit) = 0;

  /// Messages confirmed since the chunks were last written: what they say counts before a chunk's word.
  virtual void add_confirmed(std::int64_t mailbox, std::string_view packed) = 0;
  /// In the order in which they came.
  virtual void read_confirmed(std::int64_t mailbox, const std::function<void(std::string_view packed)>& visit) = 0;
  virtual void clear_confirmed(std::int64_t mailbox) = 0;
};

}  // namespace imapferry::store
