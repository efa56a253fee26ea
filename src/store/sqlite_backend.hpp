#pragma once

#include "store/backend.hpp"
#include "store/sqlite.hpp"

#include <string>

namespace imapferry::store {

/// Records in one SQLite file, in WAL mode: other processes may use it at the same time, and a killed one leaves it
/// whole. Nothing is waited for until the disk has it: what a power cut takes away is known a little less well.
class SqliteBackend : public Backend {
 public:
  enum class Check { quick, thorough };
  /// Opens or makes the file. `thorough` looks through all of it first.
  SqliteBackend(const std::string& path, Check check);

  core::HashKey key() override { return key_; }
  void begin() override;
  void commit() override;
  void shrink() override;

  std::int64_t account(const AccountKey& key, std::string_view name) override;
  void put_outcome(std::int64_t account, const AccountOutcome& outcome) override;
  std::vector<AccountSummary> accounts() override;

  std::vector<MailboxRecord> mailboxes(std::int64_t account) override;
  std::int64_t put_mailbox(std::int64_t account, const MailboxRecord& mailbox) override;
  void put_refused(std::int64_t mailbox, const std::vector<RefusedMessage>& refused) override;

  void put_chunk(std::int64_t mailbox, std::int64_t number, std::string_view packed) override;
  void erase_chunk(std::int64_t mailbox, std::int64_t number) override;
  void read_chunks(std::int64_t mailbox, const ChunkVisitor& visit) override;

  void add_confirmed(std::int64_t mailbox, std::string_view packed) override;
  void read_confirmed(std::int64_t mailbox, const std::function<void(std::string_view)>& visit) override;
  void clear_confirmed(std::int64_t mailbox) override;

 private:
  /// Statements that are used for each message or mailbox. They go before the database does.
  struct Statements {
    explicit Statements(sqlite::Database& database);
    sqlite::Statement find_account, add_account, start_account, end_account;
    sqlite::Statement list_mailboxes, put_mailbox, erase_refused, add_refused;
    sqlite::Statement put_chunk, erase_chunk, read_chunks;
    sqlite::Statement add_confirmed, read_confirmed, clear_confirmed;
  };
  static sqlite::Database open(const std::string& path, Check check);
  core::HashKey read_key();
  [[nodiscard]] std::uint64_t checksum_of(std::int64_t account, const MailboxRecord& mailbox) const;

  sqlite::Database database_;
  Statements statements_;
  core::HashKey key_;
};

}  // namespace imapferry::store
