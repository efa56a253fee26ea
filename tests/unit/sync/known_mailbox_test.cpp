#include "../directory.hpp"
#include "sync/known_mailbox.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <exception>

using namespace imapferry;
namespace asio = boost::asio;
using sync::KnownMailbox;
using sync::MailboxIndex;
using sync::MailboxSnapshot;

namespace {

void add(MailboxIndex& index, imap::proto::Uid uid, std::uint64_t identity, std::string_view flags) {
  MailboxIndex::Entry entry;
  entry.uid = uid;
  entry.size = 100 + uid;
  entry.identity.bits[0] = identity;
  entry.has_identity = identity != 0;
  index.add(entry, imap::proto::flags_from(flags));
}

std::string text_of(const MailboxSnapshot& snapshot) {
  std::string text;
  const auto append = [&text](const MailboxIndex& index) {
    for (std::size_t i = 0; i < index.size(); ++i) {
      text += std::to_string(index.uid(i)) + ":" + std::to_string(index.identity(i).bits[0]) + ":" +
              std::to_string(index.message_size(i)) + "(" + index.flags(i).to_string() + ") ";
    }
    text += "| ";
  };
  append(snapshot.source);
  append(snapshot.destination);
  for (const imap::proto::Uid copy : snapshot.copies) text += std::to_string(copy) + " ";
  text += "|";
  for (const imap::proto::Uid uid : snapshot.deleted) text += " " + std::to_string(uid);
  return text;
}

store::MailboxRecord record_of(std::uint32_t source_next, std::uint32_t destination_next) {
  store::MailboxRecord record;
  record.source = record.destination = "INBOX";
  record.source_state = {1, source_next, 0, 0};
  record.destination_state = {2, destination_next, 0, 0};
  return record;
}

/// A store in a directory, and what a coroutine does with a mailbox in it.
struct Scene {
  Directory directory;
  std::unique_ptr<store::Store> store;
  MailboxSnapshot now;
  std::vector<std::string> loaded;
  std::vector<store::MailboxRecord> records;

  void open() {
    auto opened = store::Store::open(directory.path);
    REQUIRE(opened.has_value());
    store = std::move(opened->store);
  }
  void play(asio::awaitable<void> task) {
    asio::io_context io(1);
    std::exception_ptr error;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) { error = thrown; });
    io.run();
    if (error) std::rethrow_exception(error);
  }
};

asio::awaitable<std::int64_t> account_in(store::Store& store) {
  std::int64_t number = 0;
  const store::Store::Work work = [&](store::Backend& backend) {
    const store::AccountKey key{"a", "u", "b", "u"};
    number = backend.account(key, "u");
  };
  co_await store.run(work);
  co_return number;
}

asio::awaitable<void> write(Scene& scene) {
  const std::int64_t account = co_await account_in(*scene.store);
  store::MailboxRecord record = record_of(10, 20);
  KnownMailbox known(*scene.store, account, record, "");
  std::vector<store::RefusedMessage> refused;
  co_await known.write(scene.now, record, refused);
  CHECK(known.is_written());
}

asio::awaitable<void> load(Scene& scene) {
  const std::int64_t account = co_await account_in(*scene.store);
  std::vector<store::MailboxRecord> records;
  const store::Store::Work work = [&](store::Backend& backend) { records = backend.mailboxes(account); };
  co_await scene.store->run(work);
  for (store::MailboxRecord& record : records) {
    scene.records.push_back(record);
    KnownMailbox known(*scene.store, account, std::move(record), "");
    const MailboxSnapshot snapshot = co_await known.load();
    scene.loaded.push_back(text_of(snapshot));
  }
}

asio::awaitable<void> confirm(Scene& scene) {
  const std::int64_t account = co_await account_in(*scene.store);
  store::MailboxRecord record = record_of(10, 20);
  KnownMailbox known(*scene.store, account, record, "");
  const std::vector<store::RefusedMessage> refused;
  co_await known.write(scene.now, record, refused);
  // As the copier would: the third message has its identity now, and a copy.
  MailboxIndex::Entry entry;
  entry.uid = 3;
  entry.size = 103;
  entry.identity.bits[0] = 30;
  entry.has_identity = true;
  scene.now.source.add(entry, imap::proto::flags_from("\\Seen"));
  add(scene.now.destination, 25, 30, "\\Seen");
  scene.now.copies[2] = 25;
  const std::vector<std::uint32_t> positions = {2};
  known.confirm(scene.now, positions);
}

}  // namespace

TEST_CASE("known mailbox: what was written is read, in chunks of many UIDs") {
  Scene scene;
  add(scene.now.source, 1, 10, "");
  add(scene.now.source, 5000, 20, "\\Seen Work");
  add(scene.now.source, 5001, 21, "");
  add(scene.now.source, 90'000, 40, "\\Flagged");
  add(scene.now.destination, 7, 10, "\\Seen");
  add(scene.now.destination, 8, 99, "Mine");
  add(scene.now.destination, 70'000, 40, "\\Flagged");
  scene.now.copies = {7, 0, 0, 70'000};
  scene.now.deleted = {5001};
  scene.open();
  scene.play(write(scene));
  scene.play(load(scene));
  REQUIRE(scene.loaded.size() == 1);
  CHECK(scene.loaded[0] == text_of(scene.now));
}

TEST_CASE("known mailbox: writing again leaves nothing of what is gone") {
  Scene scene;
  scene.open();
  for (imap::proto::Uid uid = 1; uid < 20'000; uid += 1000) add(scene.now.source, uid, uid, "");
  scene.now.copies.assign(scene.now.source.size(), 0);
  scene.play(write(scene));
  scene.now = {};
  add(scene.now.source, 6001, 6001, "\\Seen");
  scene.now.copies = {0};
  scene.play(load(scene));
  scene.loaded.clear();
  // Another run, which has to know what the first has written.
  scene.play([](Scene& it) -> asio::awaitable<void> {
    const std::int64_t account = co_await account_in(*it.store);
    std::vector<store::MailboxRecord> records;
    const store::Store::Work work = [&](store::Backend& backend) { records = backend.mailboxes(account); };
    co_await it.store->run(work);
    store::MailboxRecord record = records.at(0);
    KnownMailbox known(*it.store, account, record, "");
    const MailboxSnapshot before = co_await known.load();
    CHECK(before.source.size() == 20);
    const std::vector<store::RefusedMessage> refused;
    co_await known.write(it.now, record, refused);
  }(scene));
  scene.play(load(scene));
  REQUIRE(scene.loaded.size() == 1);
  CHECK(scene.loaded[0] == text_of(scene.now));
}

TEST_CASE("known mailbox: confirmed messages count before what was written, and an unidentified one lowers UIDNEXT") {
  Scene scene;
  scene.open();
  add(scene.now.source, 1, 10, "");
  add(scene.now.source, 2, 11, "");
  add(scene.now.source, 3, 0, "\\Seen");
  add(scene.now.source, 4, 0, "");
  add(scene.now.destination, 19, 10, "");
  scene.now.copies = {19, 0, 0, 0};
  scene.play(confirm(scene));
  scene.play(load(scene));
  REQUIRE(scene.loaded.size() == 1);
  CHECK(scene.loaded[0] == "1:10:101() 2:11:102() 3:30:103(\\Seen) | 19:10:119() 25:30:125(\\Seen) | 19 0 25 |");
  CHECK(scene.records[0].source_state.uid_next == 3);
  CHECK(scene.records[0].destination_state.uid_next == 20);
}
