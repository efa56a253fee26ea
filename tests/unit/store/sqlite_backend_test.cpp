#include "../directory.hpp"
#include "store/message_codec.hpp"
#include "store/sqlite_backend.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace imapferry::store;
using Check = SqliteBackend::Check;

namespace {

const AccountKey key{"a.example", "anna", "b.example", "anna@b"};

MailboxRecord mailbox(const char* name) {
  MailboxRecord record;
  record.source = name;
  record.destination = "INBOX.x";
  record.source_state = SideState{1, 2, 3, 1ULL << 62};
  record.destination_state = SideState{UINT32_MAX, UINT32_MAX, 7, 8};
  record.settled_for = "rules";
  record.counts = MailboxCounts{1, 2, 3, 4, 5};
  return record;
}

Trouble::Kind kind_of_trouble(const std::string& path) {
  try {
    SqliteBackend backend(path, Check::thorough);
  } catch (const Trouble& trouble) {
    return trouble.kind();
  }
  FAIL("it could be opened");
  return Trouble::Kind::failed;
}

}  // namespace

TEST_CASE("sqlite backend: what was written is there when it is opened again, under the same key") {
  const Directory directory;
  const std::string path = directory.file("store");
  imapferry::core::HashKey written_with;
  {
    SqliteBackend backend(path, Check::quick);
    written_with = backend.key();
    backend.begin();
    const std::int64_t account = backend.account(key, "anna");
    CHECK(backend.account(key, "anna") == account);
    CHECK(backend.account({"a.example", "bert", "b.example", "bert"}, "bert") != account);
    MailboxRecord record = mailbox("INBOX");
    record.id = backend.put_mailbox(account, record);
    CHECK(backend.put_mailbox(account, record) == record.id);
    backend.put_mailbox(account, mailbox("Entw&APw-rfe"));
    backend.put_refused(record.id, {{5, 6, "too large"}});
    backend.put_chunk(record.id, 2, "two");
    backend.put_chunk(record.id, -1, std::string_view("\0one", 4));
    backend.put_chunk(record.id, 3, "three");
    backend.put_chunk(record.id, 3, "three anew");
    backend.erase_chunk(record.id, 2);
    backend.add_confirmed(record.id, "first");
    backend.add_confirmed(record.id, "second");
    backend.commit();
  }
  SqliteBackend backend(path, Check::thorough);
  CHECK(backend.key().bits == written_with.bits);
  backend.begin();
  const auto mailboxes = backend.mailboxes(backend.account(key, "anna"));
  REQUIRE(mailboxes.size() == 2);
  CHECK(mailboxes[0].source_state == mailbox("INBOX").source_state);
  CHECK(mailboxes[0].destination_state == mailbox("INBOX").destination_state);
  CHECK(mailboxes[0].counts == mailbox("INBOX").counts);
  CHECK(mailboxes[0].settled_for == "rules");
  CHECK(mailboxes[1].source == "Entw&APw-rfe");
  std::string chunks;
  backend.read_chunks(mailboxes[0].id, [&](std::int64_t number, std::string_view packed) {
    chunks += std::to_string(number) + "=" + std::string(packed) + ";";
  });
  CHECK(chunks == std::string("-1=") + '\0' + "one;3=three anew;");
  std::string confirmed;
  const auto gather = [&](std::string_view packed) { confirmed += std::string(packed) + ";"; };
  backend.read_confirmed(mailboxes[0].id, gather);
  CHECK(confirmed == "first;second;");
  backend.clear_confirmed(mailboxes[0].id);
  confirmed.clear();
  backend.read_confirmed(mailboxes[0].id, gather);
  CHECK(confirmed.empty());
}

TEST_CASE("sqlite backend: outcomes are summed up") {
  const Directory directory;
  SqliteBackend backend(directory.file("store"), Check::quick);
  backend.begin();
  const std::int64_t account = backend.account(key, "anna");
  for (const std::uint64_t messages : {10U, 5U}) {
    AccountOutcome outcome;
    outcome.started = 1000;
    backend.put_outcome(account, outcome);
    outcome.state = AccountOutcome::State::partial;
    outcome.reason = "over quota";
    outcome.finished = 1001;
    outcome.messages = messages;
    outcome.bytes = messages * 100;
    outcome.refused = 1;
    backend.put_outcome(account, outcome);
  }
  const std::int64_t id = backend.put_mailbox(account, mailbox("INBOX"));
  backend.put_refused(id, {{5, 6, "too large"}});
  Chunk confirmed;
  confirmed.flag_sets = {""};
  confirmed.messages.resize(2);
  confirmed.messages[0].source_uid = 1;
  confirmed.messages[1].source_uid = 2;
  backend.add_confirmed(id, pack(confirmed, backend.key()));
  const auto accounts = backend.accounts();
  REQUIRE(accounts.size() == 1);
  CHECK(accounts[0].key.destination_login == "anna@b");
  CHECK(accounts[0].last.state == AccountOutcome::State::partial);
  CHECK(accounts[0].last.reason == "over quota");
  CHECK(accounts[0].last.messages == 5);
  CHECK(accounts[0].runs == 2);
  CHECK(accounts[0].total_messages == 15);
  CHECK(accounts[0].total_bytes == 1500);
  CHECK(accounts[0].mailboxes == 1);
  CHECK(accounts[0].settled_mailboxes == 1);
  CHECK(accounts[0].known_messages == 3);
  CHECK(accounts[0].left_messages == 5 - 2);
  REQUIRE(accounts[0].refused.size() == 1);
  CHECK(accounts[0].refused[0].first == "INBOX");
  CHECK(accounts[0].refused[0].second.reason == "too large");
}

TEST_CASE("sqlite backend: a store of the first version is brought up to date, and loses nothing") {
  const Directory directory;
  const std::string path = directory.file("store");
  MailboxRecord old = mailbox("INBOX");
  old.counts.left = 0;
  {
    SqliteBackend backend(path, Check::quick);
    backend.put_mailbox(backend.account(key, "anna"), old);
  }
  {
    sqlite::Database database(path);
    database.run("ALTER TABLE mailbox DROP COLUMN messages_left; ALTER TABLE mailbox DROP COLUMN identified_by; PRAGMA "
                 "user_version = 1");
  }
  SqliteBackend backend(path, Check::thorough);
  const auto mailboxes = backend.mailboxes(backend.account(key, "anna"));
  REQUIRE(mailboxes.size() == 1);
  CHECK(mailboxes[0].counts == old.counts);
}

TEST_CASE("sqlite backend: what is not ours is told apart from what is damaged") {
  const Directory directory;
  SUBCASE("no database at all") {
    const std::string path = directory.file("text");
    std::ofstream(path) << std::string(5000, 'x');
    CHECK(kind_of_trouble(path) == Trouble::Kind::damaged);
  }
  SUBCASE("another program's") {
    const std::string path = directory.file("other");
    sqlite::Database(path).run("CREATE TABLE t (x)");
    CHECK(kind_of_trouble(path) == Trouble::Kind::damaged);
  }
  SUBCASE("without one of its columns") {
    const std::string path = directory.file("columns");
    { const SqliteBackend backend(path, Check::quick); }
    sqlite::Database(path).run("ALTER TABLE mailbox RENAME COLUMN pairs TO couples");
    CHECK(kind_of_trouble(path) == Trouble::Kind::damaged);
  }
  SUBCASE("of a newer imapferry") {
    const std::string path = directory.file("newer");
    { const SqliteBackend backend(path, Check::quick); }
    sqlite::Database(path).run("PRAGMA user_version = 99");
    CHECK(kind_of_trouble(path) == Trouble::Kind::foreign);
  }
  SUBCASE("a row that somebody has changed") {
    const std::string path = directory.file("changed");
    SqliteBackend backend(path, Check::quick);
    const std::int64_t account = backend.account(key, "anna");
    backend.put_mailbox(account, mailbox("INBOX"));
    sqlite::Database(path).run("UPDATE mailbox SET source_uid_next = source_uid_next + 1");
    CHECK_THROWS_AS(backend.mailboxes(account), Trouble);
  }
}
