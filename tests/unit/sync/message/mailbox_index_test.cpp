#include "sync/message/mailbox_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace imapferry;
using sync::Identity;
using sync::MailboxIndex;

namespace {

imap::proto::Flags flags_of(std::uint8_t system, std::vector<std::string> keywords = {},
                            std::vector<std::string> unknown = {}) {
  imap::proto::Flags flags;
  flags.system = system;
  flags.keywords = std::move(keywords);
  flags.unknown = std::move(unknown);
  return flags;
}

MailboxIndex::Entry entry_of(imap::proto::Uid uid, std::uint64_t size) {
  MailboxIndex::Entry entry;
  entry.uid = uid;
  entry.size = size;
  return entry;
}

}  // namespace

TEST_CASE("mailbox index: gives back what was added") {
  MailboxIndex index;
  CHECK(index.empty());
  CHECK(index.find(1) == 0);
  MailboxIndex::Entry entry;
  entry.uid = 7;
  entry.identity = {{1, 2}};
  entry.has_identity = true;
  entry.size = std::uint64_t{1} << 40;
  entry.date = -5;
  entry.zone_minutes = -1439;
  index.add(entry, flags_of(imap::proto::flag_seen, {"$Label1"}));
  index.add(entry_of(9, 10), {});

  REQUIRE(index.size() == 2);
  CHECK(index.uid(0) == 7);
  CHECK(index.has_identity(0));
  CHECK(index.identity(0) == Identity{{1, 2}});
  CHECK(index.message_size(0) == std::uint64_t{1} << 40);
  CHECK(index.date(0) == -5);
  CHECK(index.zone_minutes(0) == -1439);
  CHECK(index.flags(0).keywords == std::vector<std::string>{"$Label1"});
  CHECK(index.flags(0).system == imap::proto::flag_seen);
  CHECK_FALSE(index.has_identity(1));
  CHECK(index.flags(1).system == 0);
  CHECK(index.total_bytes() == (std::uint64_t{1} << 40) + 10);
  CHECK(index.find(9) == 1);
  CHECK(index.find(8) == 2);

  index.set_identity(1, {{3, 4}});
  CHECK(index.has_identity(1));
  CHECK(index.identity(1) == Identity{{3, 4}});
}

TEST_CASE("mailbox index: a message without a date has none") {
  MailboxIndex index;
  MailboxIndex::Entry entry = entry_of(1, 1);
  entry.date = MailboxIndex::no_date;
  index.add(entry, {});
  CHECK(index.date(0) == MailboxIndex::no_date);
}

TEST_CASE("mailbox index: flags are told apart by each of their parts") {
  const std::vector<imap::proto::Flags> sets = {
      flags_of(0),
      flags_of(1),
      flags_of(32),
      flags_of(0, {"a"}),
      flags_of(1, {"a"}),
      flags_of(0, {"a", "b"}),
      flags_of(0, {"ab"}),
      flags_of(0, {"a"}, {"\\b"}),
      flags_of(0, {}, {"\\a", "\\b"}),
      flags_of(0),
  };
  MailboxIndex index;
  for (std::size_t i = 0; i < sets.size(); ++i) index.add(entry_of(static_cast<imap::proto::Uid>(i + 1), 0), sets[i]);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    CAPTURE(i);
    CHECK(index.flags(i).system == sets[i].system);
    CHECK(index.flags(i).keywords == sets[i].keywords);
    CHECK(index.flags(i).unknown == sets[i].unknown);
  }
}

TEST_CASE("mailbox index: UIDs in any order, a second time replaces") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    MailboxIndex index;
    std::map<imap::proto::Uid, std::uint64_t> model;
    std::vector<imap::proto::Uid> order;
    for (unsigned step = 0; step < 2000; ++step) {
      // The first hundred come in order, as a server sends them.
      const auto uid = static_cast<imap::proto::Uid>(step < 100 ? step * 10 + 5 : 1 + random() % 3000);
      const std::uint64_t size = random();
      if (model.emplace(uid, size).second) order.push_back(uid);
      model[uid] = size;
      index.add(entry_of(uid, size), flags_of(static_cast<std::uint8_t>(size & 31U)));
    }
    std::uint64_t total = 0;
    REQUIRE(index.size() == model.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      REQUIRE(index.uid(i) == order[i]);
      REQUIRE(index.message_size(i) == model[order[i]]);
      REQUIRE(index.flags(i).system == (model[order[i]] & 31U));
      total += model[order[i]];
    }
    CHECK(index.total_bytes() == total);
    for (imap::proto::Uid uid = 0; uid < 3010; ++uid) {
      const std::size_t found = index.find(uid);
      REQUIRE((found < index.size()) == (model.count(uid) != 0));
      if (found < index.size()) REQUIRE(index.uid(found) == uid);
    }
  }
}

TEST_CASE("mailbox index: a message costs at most 64 bytes, also when nobody said how many come") {
  MailboxIndex index;
  constexpr std::size_t messages = 1'000'000;
  const imap::proto::Flags seen = flags_of(imap::proto::flag_seen);
  const imap::proto::Flags none;
  std::size_t most = 0;
  for (std::size_t i = 1; i <= messages; ++i) {
    index.add(entry_of(static_cast<imap::proto::Uid>(i), 1), i % 3 == 0 ? none : seen);
    // A match needs one more number for each message while it sorts.
    if (i >= 1000 && i % 997 == 0) most = std::max(most, index.memory() / i + sizeof(std::uint32_t));
  }
  CHECK(most > 40);
  CHECK(most <= 64);

  MailboxIndex reserved;
  reserved.reserve(messages);
  CHECK(reserved.memory() <= 44 * messages);
}

TEST_CASE("mailbox index: there is an end to different sets of flags, not to messages") {
  MailboxIndex index;
  imap::proto::Uid uid = 0;
  for (std::size_t i = 0; i < MailboxIndex::most_flag_sets; ++i) {
    REQUIRE(index.add(entry_of(++uid, 1), flags_of(0, {"k" + std::to_string(i)})));
  }
  CHECK_FALSE(index.add(entry_of(++uid, 1), flags_of(0, {"one-too-many"})));
  CHECK(index.size() == MailboxIndex::most_flag_sets);
  CHECK(index.add(entry_of(++uid, 1), flags_of(0, {"k7"})));
}

namespace {

std::vector<imap::proto::Uid> uids_of(const MailboxIndex& index) {
  std::vector<imap::proto::Uid> uids;
  for (std::size_t i = 0; i < index.size(); ++i) uids.push_back(index.uid(i));
  return uids;
}

}  // namespace

TEST_CASE("mailbox index: what was appended in any order is put in order, and the last of a UID stays") {
  MailboxIndex index;
  const auto plain = index.flag_set(flags_of(0));
  const auto seen = index.flag_set(flags_of(imap::proto::flag_seen));
  REQUIRE(plain);
  REQUIRE(seen);
  index.append(entry_of(9, 90), *plain);
  index.append(entry_of(3, 30), *plain);
  index.append(entry_of(9, 91), *seen);
  index.append(entry_of(5, 50), *plain);
  index.order();
  CHECK(uids_of(index) == std::vector<imap::proto::Uid>{3, 5, 9});
  CHECK(index.message_size(2) == 91);
  CHECK(index.flags(2) == flags_of(imap::proto::flag_seen));
  CHECK(index.total_bytes() == 30 + 50 + 91);
  CHECK(index.find(5) == 1);
  index.add(entry_of(7, 70), flags_of(0));
  CHECK(index.message_size(index.find(7)) == 70);
}

TEST_CASE("mailbox index: messages go, and others come from another index") {
  MailboxIndex index;
  for (const imap::proto::Uid uid : {2U, 4U, 6U, 8U}) index.add(entry_of(uid, uid), flags_of(0));
  imap::proto::UidSet gone;
  gone.add(3, 6);
  index.erase(gone);
  CHECK(uids_of(index) == std::vector<imap::proto::Uid>{2, 8});
  CHECK(index.total_bytes() == 10);

  MailboxIndex other;
  other.add(entry_of(8, 80), flags_of(imap::proto::flag_draft));
  other.add(entry_of(5, 50), flags_of(0, {"Work"}));
  CHECK(index.absorb(other));
  CHECK(uids_of(index) == std::vector<imap::proto::Uid>{2, 5, 8});
  CHECK(index.message_size(2) == 80);
  CHECK(index.flags(2) == flags_of(imap::proto::flag_draft));
  CHECK(index.flags(1) == flags_of(0, {"Work"}));
  CHECK(index.set_flags(0, flags_of(imap::proto::flag_seen)));
  CHECK(index.flags(0) == flags_of(imap::proto::flag_seen));
}
