#include "store/sqlite_backend.hpp"

#include "core/failure.hpp"
#include "store/message_codec.hpp"
#include "store/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace imapferry::store {

namespace {

/// A number that a damaged row cannot be trusted to hold.
std::uint32_t number32(const sqlite::Statement& row, int column) {
  const std::int64_t value = row.integer(column);
  if (value < 0 || value > UINT32_MAX) throw Trouble(Trouble::Kind::damaged, "a number is out of range");
  return static_cast<std::uint32_t>(value);
}

SideState side_state(const sqlite::Statement& row, int column) {
  return SideState{number32(row, column), number32(row, column + 1), number32(row, column + 2),
                   row.natural(column + 3)};
}

}  // namespace

SqliteBackend::Statements::Statements(sqlite::Database& database)
    : find_account(database.prepare("SELECT id FROM account WHERE source_server = ? AND source_login = ? AND "
                                    "destination_server = ? AND destination_login = ?")),
      add_account(database.prepare("INSERT INTO account (source_server, source_login, destination_server, "
                                   "destination_login, name) VALUES (?, ?, ?, ?, ?)")),
      start_account(database.prepare("UPDATE account SET state = ?, reason = ?, started = ?, finished = ?, "
                                     "messages = ?, bytes = ?, refused = ?, runs = runs + 1 WHERE id = ?")),
      end_account(database.prepare("UPDATE account SET state = ?1, reason = ?2, started = ?3, finished = ?4, "
                                   "messages = ?5, bytes = ?6, refused = ?7, total_messages = total_messages + ?5, "
                                   "total_bytes = total_bytes + ?6 WHERE id = ?8")),
      list_mailboxes(database.prepare(
          "SELECT id, source, destination, settled_for, source_uid_validity, source_uid_next, source_messages, "
          "source_mod_seq, destination_uid_validity, destination_uid_next, destination_messages, destination_mod_seq, "
          "pairs, source_duplicates, destination_duplicates, destination_only, messages_left, identified_by, "
          "checksum "
          "FROM mailbox WHERE account = ? ORDER BY id")),
      put_mailbox(database.prepare(
          "INSERT INTO mailbox (account, source, destination, settled_for, source_uid_validity, source_uid_next, "
          "source_messages, source_mod_seq, destination_uid_validity, destination_uid_next, destination_messages, "
          "destination_mod_seq, pairs, source_duplicates, destination_duplicates, destination_only, messages_left, "
          "identified_by, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (account, source, destination) DO UPDATE SET settled_for = excluded.settled_for, "
          "source_uid_validity = excluded.source_uid_validity, source_uid_next = excluded.source_uid_next, "
          "source_messages = excluded.source_messages, source_mod_seq = excluded.source_mod_seq, "
          "destination_uid_validity = excluded.destination_uid_validity, "
          "destination_uid_next = excluded.destination_uid_next, "
          "destination_messages = excluded.destination_messages, "
          "destination_mod_seq = excluded.destination_mod_seq, pairs = excluded.pairs, "
          "source_duplicates = excluded.source_duplicates, "
          "destination_duplicates = excluded.destination_duplicates, "
          "destination_only = excluded.destination_only, messages_left = excluded.messages_left, "
          "identified_by = excluded.identified_by, "
          "checksum = excluded.checksum RETURNING id")),
      erase_refused(database.prepare("DELETE FROM refused WHERE mailbox = ?")),
      add_refused(database.prepare("INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?)")),
      put_chunk(database.prepare("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)")),
      erase_chunk(database.prepare("DELETE FROM chunk WHERE mailbox = ? AND number = ?")),
      read_chunks(database.prepare("SELECT number, messages FROM chunk WHERE mailbox = ? ORDER BY number")),
      add_confirmed(database.prepare("INSERT INTO confirmed (mailbox, messages) VALUES (?, ?)")),
      read_confirmed(database.prepare("SELECT messages FROM confirmed WHERE mailbox = ? ORDER BY number")),
      clear_confirmed(database.prepare("DELETE FROM confirmed WHERE mailbox = ?")) {}

SqliteBackend::SqliteBackend(const std::string& path, Check check)
    : database_(open(path, check)), statements_(database_), key_(read_key()) {}

sqlite::Database SqliteBackend::open(const std::string& path, Check check) {
  sqlite::Database database(path);
  // Before there are tables: room that becomes free can be given back then.
  database.run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA "
               "cache_size = -2000");
  if (check == Check::thorough) {
    sqlite::Statement integrity = database.prepare("PRAGMA integrity_check(1)");
    if (integrity.next() && integrity.bytes(0) != "ok") throw Trouble(Trouble::Kind::damaged, integrity.text(0));
    integrity.done();
  }
  bring_up_to_date(database);
  return database;
}

core::HashKey SqliteBackend::read_key() {
  sqlite::Statement query = database_.prepare("SELECT key FROM secret");
  core::HashKey key;
  if (!query.next() || query.bytes(0).size() != sizeof key.bits) {
    throw Trouble(Trouble::Kind::damaged, "its key is missing");
  }
  std::memcpy(key.bits.data(), query.bytes(0).data(), sizeof key.bits);
  return key;
}

void SqliteBackend::begin() { database_.run("BEGIN IMMEDIATE"); }

void SqliteBackend::commit() { database_.run("COMMIT"); }

/// The notes of confirmed messages leave much behind.
void SqliteBackend::shrink() {
  const auto number = [this](std::string_view pragma) {
    sqlite::Statement query = database_.prepare(pragma);
    return query.next() ? query.integer(0) : 0;
  };
  if (number("PRAGMA freelist_count") * 8 > number("PRAGMA page_count")) database_.run("PRAGMA incremental_vacuum");
}

std::int64_t SqliteBackend::account(const AccountKey& key, std::string_view name) {
  sqlite::Statement& find = statements_.find_account;
  find.bind(key.source_server).bind(key.source_login).bind(key.destination_server).bind(key.destination_login);
  if (find.next()) {
    const std::int64_t id = find.integer(0);
    find.done();
    return id;
  }
  sqlite::Statement& add = statements_.add_account;
  add.bind(key.source_server).bind(key.source_login).bind(key.destination_server).bind(key.destination_login);
  add.bind(name).done();
  return database_.last_id();
}

void SqliteBackend::put_outcome(std::int64_t account, const AccountOutcome& outcome) {
  const bool is_start = outcome.state == AccountOutcome::State::running;
  sqlite::Statement& put = is_start ? statements_.start_account : statements_.end_account;
  put.bind(static_cast<std::int64_t>(outcome.state)).bind(outcome.reason).bind(outcome.started);
  put.bind(outcome.finished).bind(outcome.messages).bind(outcome.bytes).bind(outcome.refused).bind(account).done();
}

std::vector<AccountSummary> SqliteBackend::accounts() {
  std::vector<AccountSummary> accounts;
  std::map<std::int64_t, std::size_t> positions;
  sqlite::Statement query = database_.prepare(
      "SELECT account.id, source_server, source_login, destination_server, destination_login, name, state, reason, "
      "started, finished, messages, bytes, refused, runs, total_messages, total_bytes, count(mailbox.id), "
      "ifnull(sum(settled_for <> ''), 0), ifnull(sum(source_messages), 0), ifnull(sum(messages_left), 0) FROM account "
      "LEFT JOIN mailbox ON mailbox.account = account.id GROUP BY account.id ORDER BY account.id");
  while (query.next()) {
    AccountSummary summary;
    summary.key = AccountKey{query.text(1), query.text(2), query.text(3), query.text(4)};
    summary.name = query.text(5);
    const std::int64_t state = query.integer(6);
    if (state < 0 || state > static_cast<std::int64_t>(AccountOutcome::State::failed)) {
      throw Trouble(Trouble::Kind::damaged, "an account is in no known state");
    }
    summary.last.state = static_cast<AccountOutcome::State>(state);
    summary.last.reason = query.text(7);
    summary.last.started = query.integer(8);
    summary.last.finished = query.integer(9);
    summary.last.messages = query.natural(10);
    summary.last.bytes = query.natural(11);
    summary.last.refused = query.natural(12);
    summary.runs = query.natural(13);
    summary.total_messages = query.natural(14);
    summary.total_bytes = query.natural(15);
    summary.mailboxes = query.natural(16);
    summary.settled_mailboxes = query.natural(17);
    summary.known_messages = query.natural(18);
    summary.left_messages = query.natural(19);
    positions.emplace(query.integer(0), accounts.size());
    accounts.push_back(std::move(summary));
  }
  sqlite::Statement refused =
      database_.prepare("SELECT account, source, uid, size, reason FROM refused "
                        "JOIN mailbox ON mailbox.id = refused.mailbox ORDER BY mailbox.id, uid");
  while (refused.next()) {
    const auto found = positions.find(refused.integer(0));
    if (found == positions.end()) continue;
    accounts[found->second].refused.emplace_back(
        refused.text(1), RefusedMessage{number32(refused, 2), refused.natural(3), refused.text(4)});
  }
  // What a run that was killed has copied is noted apart until the end of the mailbox.
  sqlite::Statement confirmed = database_.prepare("SELECT account, messages FROM confirmed "
                                                  "JOIN mailbox ON mailbox.id = confirmed.mailbox");
  while (confirmed.next()) {
    const auto found = positions.find(confirmed.integer(0));
    const std::optional<Chunk> chunk = unpack(confirmed.bytes(1), key_);
    if (found == positions.end() || !chunk) continue;
    std::uint64_t& left = accounts[found->second].left_messages;
    left -= std::min<std::uint64_t>(left, chunk->messages.size());
  }
  return accounts;
}

std::uint64_t SqliteBackend::checksum_of(std::int64_t account, const MailboxRecord& mailbox) const {
  const auto text_of = [](const SideState& state) {
    return fmt::format("{},{},{},{}", state.uid_validity, state.uid_next, state.messages, state.mod_seq);
  };
  const MailboxCounts& counts = mailbox.counts;
  // Version 1 did not have these.
  std::string left = counts.left > 0 ? fmt::format(",{}", counts.left) : std::string();
  if (!mailbox.identified_by.empty()) left += "\n" + mailbox.identified_by;
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{},{},{},{}{}", account, mailbox.source, mailbox.destination,
                  mailbox.settled_for, text_of(mailbox.source_state), text_of(mailbox.destination_state), counts.pairs,
                  counts.source_duplicates, counts.destination_duplicates, counts.destination_only, left);
  return core::sip_hash(key_, text).bits[0];
}

std::vector<MailboxRecord> SqliteBackend::mailboxes(std::int64_t account) {
  std::vector<MailboxRecord> mailboxes;
  sqlite::Statement& row = statements_.list_mailboxes;
  row.bind(account);
  bool is_whole = true;
  while (row.next()) {
    MailboxRecord mailbox;
    mailbox.id = row.integer(0);
    mailbox.source = row.text(1);
    mailbox.destination = row.text(2);
    mailbox.settled_for = row.text(3);
    mailbox.source_state = side_state(row, 4);
    mailbox.destination_state = side_state(row, 8);
    mailbox.counts = MailboxCounts{row.natural(12), row.natural(13), row.natural(14), row.natural(15), row.natural(16)};
    mailbox.identified_by = row.text(17);
    is_whole = is_whole && row.natural(18) == checksum_of(account, mailbox);
    mailboxes.push_back(std::move(mailbox));
  }
  if (!is_whole) throw Trouble(Trouble::Kind::damaged, "a mailbox's checksum is wrong");
  return mailboxes;
}

std::int64_t SqliteBackend::put_mailbox(std::int64_t account, const MailboxRecord& mailbox) {
  sqlite::Statement& put = statements_.put_mailbox;
  put.bind(account).bind(mailbox.source).bind(mailbox.destination).bind(mailbox.settled_for);
  for (const SideState* state : {&mailbox.source_state, &mailbox.destination_state}) {
    put.bind(state->uid_validity).bind(state->uid_next).bind(state->messages).bind(state->mod_seq);
  }
  const MailboxCounts& counts = mailbox.counts;
  put.bind(counts.pairs).bind(counts.source_duplicates).bind(counts.destination_duplicates);
  put.bind(counts.destination_only).bind(counts.left).bind(mailbox.identified_by);
  put.bind(checksum_of(account, mailbox));
  if (!put.next()) throw Trouble(Trouble::Kind::failed, "a mailbox got no number");
  const std::int64_t id = put.integer(0);
  while (put.next()) {
  }
  return id;
}

void SqliteBackend::put_refused(std::int64_t mailbox, const std::vector<RefusedMessage>& refused) {
  statements_.erase_refused.bind(mailbox).done();
  for (const RefusedMessage& message : refused) {
    statements_.add_refused.bind(mailbox).bind(message.uid).bind(message.size).bind(message.reason).done();
  }
}

void SqliteBackend::put_chunk(std::int64_t mailbox, std::int64_t number, std::string_view packed) {
  statements_.put_chunk.bind(mailbox).bind(number).bind_blob(packed).done();
}

void SqliteBackend::erase_chunk(std::int64_t mailbox, std::int64_t number) {
  statements_.erase_chunk.bind(mailbox).bind(number).done();
}

void SqliteBackend::read_chunks(std::int64_t mailbox, const ChunkVisitor& visit) {
  sqlite::Statement& row = statements_.read_chunks;
  row.bind(mailbox);
  while (row.next()) visit(row.integer(0), row.bytes(1));
}

void SqliteBackend::add_confirmed(std::int64_t mailbox, std::string_view packed) {
  statements_.add_confirmed.bind(mailbox).bind_blob(packed).done();
}

void SqliteBackend::read_confirmed(std::int64_t mailbox, const std::function<void(std::string_view)>& visit) {
  sqlite::Statement& row = statements_.read_confirmed;
  row.bind(mailbox);
  while (row.next()) visit(row.bytes(0));
}

void SqliteBackend::clear_confirmed(std::int64_t mailbox) { statements_.clear_confirmed.bind(mailbox).done(); }

}  // namespace imapferry::store
