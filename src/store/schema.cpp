#include "store/schema.hpp"

#include "store/backend.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace imapferry::store {

namespace {

constexpr std::int64_t application = 0x494d4659;  // "IMFY"

// What turns each version into the next one; version 0 is an empty file.
constexpr std::array<std::string_view, 2> steps = {
    R"sql(
CREATE TABLE secret (
  key BLOB NOT NULL                    -- of identities and checksums
);
INSERT INTO secret VALUES (randomblob(16));
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  source_server TEXT NOT NULL, source_login TEXT NOT NULL,
  destination_server TEXT NOT NULL, destination_login TEXT NOT NULL,
  name TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,    -- AccountOutcome::State
  reason TEXT NOT NULL DEFAULT '',
  started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0,  -- unix seconds
  messages INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,    -- of the last run
  refused INTEGER NOT NULL DEFAULT 0,
  runs INTEGER NOT NULL DEFAULT 0,
  total_messages INTEGER NOT NULL DEFAULT 0, total_bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source_server, source_login, destination_server, destination_login)
);
CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account,
  source TEXT NOT NULL, destination TEXT NOT NULL,
  source_uid_validity INTEGER NOT NULL, source_uid_next INTEGER NOT NULL,
  source_messages INTEGER NOT NULL, source_mod_seq INTEGER NOT NULL,
  destination_uid_validity INTEGER NOT NULL, destination_uid_next INTEGER NOT NULL,
  destination_messages INTEGER NOT NULL, destination_mod_seq INTEGER NOT NULL,
  settled_for TEXT NOT NULL,           -- the rules under which nothing was left to do
  pairs INTEGER NOT NULL, source_duplicates INTEGER NOT NULL, destination_duplicates INTEGER NOT NULL,
  destination_only INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  UNIQUE (account, source, destination)
);
CREATE TABLE refused (
  mailbox INTEGER NOT NULL REFERENCES mailbox,
  uid INTEGER NOT NULL, size INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (mailbox, uid)
);
CREATE TABLE chunk (
  mailbox INTEGER NOT NULL REFERENCES mailbox,
  number INTEGER NOT NULL,
  messages BLOB NOT NULL,              -- message_codec.hpp
  PRIMARY KEY (mailbox, number)
);
CREATE TABLE confirmed (
  number INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL REFERENCES mailbox,
  messages BLOB NOT NULL
);
CREATE INDEX confirmed_of_mailbox ON confirmed (mailbox);
)sql",
    R"sql(
ALTER TABLE mailbox ADD COLUMN messages_left INTEGER NOT NULL DEFAULT 0;  -- to be copied
ALTER TABLE mailbox ADD COLUMN identified_by TEXT NOT NULL DEFAULT '';  -- the rule of the identities in its chunks
)sql"};

std::int64_t pragma(sqlite::Database& database, std::string_view name) {
  sqlite::Statement query = database.prepare(fmt::format("PRAGMA {}", name));
  return query.next() ? query.integer(0) : 0;
}

}  // namespace

void bring_up_to_date(sqlite::Database& database) {
  constexpr auto newest = static_cast<std::int64_t>(steps.size());
  if (pragma(database, "user_version") == newest && pragma(database, "application_id") == application) return;
  // Another process may be at it as well: one of them does it, the other finds it done.
  database.run("BEGIN IMMEDIATE");
  const std::int64_t version = pragma(database, "user_version");
  const std::int64_t owner = pragma(database, "application_id");
  sqlite::Statement tables = database.prepare("SELECT count(*) FROM sqlite_schema");
  const bool is_empty = tables.next() && tables.integer(0) == 0;
  tables.done();
  const bool may_be_ours = is_empty || (owner == application && version >= 0 && version < newest + 1000);
  if (!may_be_ours) throw Trouble(Trouble::Kind::damaged, "it is no store of imapferry's");
  if (version > newest) throw Trouble(Trouble::Kind::foreign, "a newer imapferry has written it");
  for (std::int64_t step = version; step < newest; ++step) database.run(steps[static_cast<std::size_t>(step)]);
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT", application, newest));
}

}  // namespace imapferry::store
