#include "sync/message/match.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <set>

using namespace imapferry::sync;

namespace {

struct Message {
  std::uint64_t id;
  std::uint64_t size;
  std::uint64_t says = 0;  ///< 0: its content is not known
};

MailboxIndex index_of(const std::vector<Message>& messages) {
  MailboxIndex index;
  imapferry::imap::proto::Uid uid = 0;
  for (const Message& message : messages) {
    MailboxIndex::Entry entry;
    entry.uid = uid += 10;
    entry.identity = {{message.id * 0x9E3779B97F4A7C15U, message.id}};
    entry.has_identity = true;
    entry.size = message.size;
    index.add(entry, {});
    if (message.says != 0) index.set_content(uid, {{message.says, 0}});
  }
  return index;
}

/// Of each identity and size the first.
void keep_distinct(std::vector<Message>& messages) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  std::erase_if(messages, [&seen](const Message& message) { return !seen.emplace(message.id, message.size).second; });
}

using Numbers = std::vector<std::uint32_t>;
using NumberPairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

NumberPairs pairs_of(const Matches& matches) {
  NumberPairs pairs;
  for (const Matches::Pair& pair : matches.pairs) pairs.emplace_back(pair.source, pair.destination);
  return pairs;
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a < b ? b - a : a - b; }

/// The least sum over all ways to choose few.size() of `many`, both ascending; by trying them all.
std::uint64_t least_sum(const std::vector<std::uint64_t>& few, const std::vector<std::uint64_t>& many,
                        std::size_t i = 0, std::size_t j = 0) {
  if (i == few.size()) return 0;
  std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t k = j; many.size() - k >= few.size() - i; ++k) {
    best = std::min(best, distance(few[i], many[k]) + least_sum(few, many, i + 1, k + 1));
    if (k + 1 == many.size()) break;
  }
  return best;
}

using Groups = std::map<std::uint64_t, std::set<std::uint64_t>>;

Groups groups_of(const std::vector<Message>& messages) {
  Groups groups;
  for (const Message& message : messages) groups[message.id].insert(message.size);
  return groups;
}

void check_is_partition(std::size_t size, std::initializer_list<const Numbers*> parts) {
  std::vector<int> seen(size, 0);
  for (const Numbers* part : parts) {
    REQUIRE(std::is_sorted(part->begin(), part->end()));
    for (const std::uint32_t i : *part) ++seen[i];
  }
  REQUIRE(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
}

void check_against_model(const std::vector<Message>& source, const std::vector<Message>& destination) {
  const Matches matches = match(index_of(source), index_of(destination));
  REQUIRE(matches.is_certain());
  Numbers paired_source, paired_destination;
  std::map<std::uint64_t, std::vector<std::pair<std::uint64_t, std::uint64_t>>> sizes;
  for (const Matches::Pair& pair : matches.pairs) {
    paired_source.push_back(pair.source);
    paired_destination.push_back(pair.destination);
    REQUIRE(source[pair.source].id == destination[pair.destination].id);
    sizes[source[pair.source].id].emplace_back(source[pair.source].size, destination[pair.destination].size);
  }
  std::sort(paired_destination.begin(), paired_destination.end());
  check_is_partition(source.size(), {&paired_source, &matches.missing});
  check_is_partition(destination.size(), {&paired_destination, &matches.destination_only});

  const Groups source_groups = groups_of(source);
  const Groups destination_groups = groups_of(destination);
  for (const auto& [id, source_sizes] : source_groups) {
    const auto other = destination_groups.find(id);
    if (other == destination_groups.end()) {
      REQUIRE(sizes[id].empty());
      continue;
    }
    auto& pairs = sizes[id];
    std::sort(pairs.begin(), pairs.end());
    REQUIRE(
        std::is_sorted(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
    std::vector<std::uint64_t> few(source_sizes.begin(), source_sizes.end());
    std::vector<std::uint64_t> many(other->second.begin(), other->second.end());
    if (few.size() > many.size()) few.swap(many);
    REQUIRE(pairs.size() == few.size());
    std::uint64_t sum = 0;
    for (const auto& pair : pairs) sum += distance(pair.first, pair.second);
    REQUIRE(sum == least_sum(few, many));
  }
}

}  // namespace

TEST_CASE("match: nothing, one side only, both sides") {
  CHECK(match({}, {}).pairs.empty());
  const std::vector<Message> some = {{1, 100}, {2, 200}, {3, 300}};
  CHECK(match(index_of(some), {}).missing == Numbers{0, 1, 2});
  CHECK(match({}, index_of(some)).destination_only == Numbers{0, 1, 2});
  const Matches same = match(index_of(some), index_of({{3, 300}, {1, 100}, {4, 1}, {2, 200}}));
  CHECK(pairs_of(same) == NumberPairs{{0, 1}, {1, 3}, {2, 0}});
  CHECK(same.missing.empty());
  CHECK(same.destination_only == Numbers{2});
}

TEST_CASE("match: one message on each side is the same, whatever its size") {
  const Matches matches = match(index_of({{1, 100}}), index_of({{1, 999'999}}));
  CHECK(pairs_of(matches) == NumberPairs{{0, 0}});
}

TEST_CASE("match: equal identity and content are duplicates, and the lowest UID stays") {
  const Matches matches = match(index_of({{1, 5, 9}, {1, 5, 9}, {1, 5, 9}}), index_of({{2, 1}, {1, 5, 9}, {1, 5, 9}}));
  CHECK(pairs_of(matches) == NumberPairs{{0, 1}});
  CHECK(matches.source_duplicates == Numbers{1, 2});
  CHECK(matches.destination_duplicates == Numbers{2});
  CHECK(matches.missing.empty());
}

TEST_CASE("match: of duplicates the lowest UID stays, also when it was listed last") {
  MailboxIndex index;
  for (const imapferry::imap::proto::Uid uid : {30U, 10U, 20U}) {
    MailboxIndex::Entry entry;
    entry.uid = uid;
    entry.has_identity = true;
    entry.size = 1;
    index.add(entry, {});
    index.set_content(uid, {{7, 7}});
  }
  const Matches matches = match(index, {});
  CHECK(matches.missing == Numbers{1});
  CHECK(matches.source_duplicates == Numbers{0, 2});
}

TEST_CASE("match: sizes within an identity are aligned") {
  struct Row {
    const char* what;
    std::vector<std::uint64_t> source, destination;
    NumberPairs pairs;
    Numbers missing, only;
  };
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  const std::vector<Row> rows = {
      {"all grew by two", {100, 200, 300}, {102, 202, 302}, {{0, 0}, {1, 1}, {2, 2}}, {}, {}},
      {"the first is missing", {100, 200, 300}, {202, 302}, {{1, 0}, {2, 1}}, {0}, {}},
      {"the middle is missing", {100, 200, 300}, {102, 302}, {{0, 0}, {2, 1}}, {1}, {}},
      {"the last is missing", {100, 200, 300}, {102, 202}, {{0, 0}, {1, 1}}, {2}, {}},
      {"the destination has one more", {100, 300}, {102, 202, 302}, {{0, 0}, {1, 2}}, {}, {1}},
      {"not in the order of UIDs", {300, 100}, {102, 302}, {{0, 1}, {1, 0}}, {}, {}},
      {"a tie: the destination grew", {100, 200}, {150}, {{0, 0}}, {1}, {}},
      {"a tie: the destination grew", {150}, {100, 200}, {{0, 1}}, {}, {0}},
      {"far apart", {0, largest}, {0, 1, 2}, {{0, 0}, {1, 2}}, {}, {1}},
      {"differences whose sum does not fit", {largest - 1, largest}, {0, 1, largest}, {{0, 1}, {1, 2}}, {}, {0}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    std::vector<Message> source, destination;
    for (const std::uint64_t size : row.source) source.push_back({1, size});
    for (const std::uint64_t size : row.destination) destination.push_back({1, size});
    const Matches matches = match(index_of(source), index_of(destination));
    CHECK(pairs_of(matches) == row.pairs);
    CHECK(matches.missing == row.missing);
    CHECK(matches.destination_only == row.only);
  }
}

TEST_CASE("match: differences that add up beyond the largest number still pair all of the smaller side") {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  const Matches matches =
      match(index_of({{1, largest - 2}, {1, largest - 1}, {1, largest}}), index_of({{1, 0}, {1, 1}}));
  CHECK(matches.pairs.size() == 2);
  CHECK(matches.missing.size() == 1);
}

TEST_CASE("match: agrees with trying every alignment") {
  const unsigned seed = 4711;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const std::uint64_t ids = 1 + random() % 4;
    const std::uint64_t sizes = 2 + random() % 40;
    std::vector<Message> source(random() % 12), destination(random() % 12);
    for (Message& message : source) message = {random() % ids, random() % sizes};
    for (Message& message : destination) message = {random() % ids, random() % sizes};
    keep_distinct(source);
    keep_distinct(destination);
    check_against_model(source, destination);
  }
}

TEST_CASE("match: every source message is accounted for after an interrupted copy to a server that adds bytes") {
  const unsigned seed = 99;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    // Sizes within an identity further apart than what the server adds: the copied ones are found, exactly.
    std::vector<Message> source, destination;
    Numbers expected_missing;
    NumberPairs expected_pairs;
    for (std::uint32_t i = 0; i < 20; ++i) {
      const Message message{random() % 3, i * 50 + 1};
      source.push_back(message);
      if (random() % 2 == 0) {
        expected_missing.push_back(i);
      } else {
        expected_pairs.emplace_back(i, static_cast<std::uint32_t>(destination.size()));
        destination.push_back({message.id, message.size + 2});
      }
    }
    const Matches matches = match(index_of(source), index_of(destination));
    REQUIRE(matches.missing == expected_missing);
    REQUIRE(pairs_of(matches) == expected_pairs);
  }
}

TEST_CASE("match: a group too large to align takes equal sizes first, then pairs in order") {
  std::vector<Message> source, destination;
  for (std::uint64_t i = 0; i < 100; ++i) source.push_back({1, 10 * i});
  for (std::uint64_t i = 50; i < 100; ++i) destination.push_back({1, 10 * i});
  destination.push_back({1, 3});
  const Matches matches = match(index_of(source), index_of(destination));
  REQUIRE(matches.pairs.size() == 51);
  CHECK(pairs_of(matches)[0] == std::pair<std::uint32_t, std::uint32_t>{0, 50});
  for (std::uint32_t i = 1; i < 51; ++i) {
    CHECK(matches.pairs[i].source == 49 + i);
    CHECK(matches.pairs[i].destination == i - 1);
  }
  CHECK(matches.missing.size() == 49);
  CHECK(matches.destination_only.empty());

  const Matches reverse = match(index_of(destination), index_of(source));
  CHECK(reverse.pairs.size() == 51);
  CHECK(reverse.destination_only.size() == 49);
}

TEST_CASE("match: a large group with as many messages on both sides is paired in order") {
  std::vector<Message> source, destination;
  for (std::uint64_t i = 0; i < 200; ++i) {
    source.push_back({1, 2 * i});
    destination.push_back({1, 2 * i + 2});
  }
  const Matches matches = match(index_of(source), index_of(destination));
  REQUIRE(matches.pairs.size() == 200);
  for (const Matches::Pair& pair : matches.pairs) CHECK(pair.source == pair.destination);
}

TEST_CASE("match: contents are asked for where several messages have one identity and size") {
  const MailboxIndex source = index_of({{1, 5}, {2, 7}, {1, 5}, {3, 8}});
  const MailboxIndex destination = index_of({{3, 8}, {1, 5}, {2, 7}, {2, 7}});
  const Matches matches = match(source, destination);
  CHECK_FALSE(matches.is_certain());
  CHECK(matches.unread_source == Numbers{0, 1, 2});
  CHECK(matches.unread_destination == Numbers{1, 2, 3});

  SUBCASE("also with duplicates kept: their order is not to be trusted") {
    CHECK(match(source, index_of({{1, 5}, {1, 5}}), {true, false, false}).unread_source == Numbers{0, 2});
  }
  // The UIDs are 10, 20, ...
  const std::vector<KnownCopy> known = {{20, 40}};
  SUBCASE("but not for the sake of more on the destination than is known") {
    const Matches some = match(source, destination, {}, known);
    CHECK(some.unread_source == Numbers{0, 2});
    CHECK(some.unread_destination == Numbers{1});
  }
  SUBCASE("unless they may be deleted") {
    const Matches all = match(source, destination, {false, true, false}, known);
    CHECK(all.unread_destination == Numbers{1, 2, 3});
  }
}

TEST_CASE("match: a message is not another's because that one is the first of its size") {
  // The destination has M and F, and adds a line end to both; the source has M alone.
  const std::vector<KnownCopy> known = {{10, 10}};
  const MailboxIndex source = index_of({{1, 5, 8}});
  const MailboxIndex destination = index_of({{1, 7, 8}, {1, 7, 9}});
  for (const bool deletes : {false, true}) {
    CHECK(pairs_of(match(source, destination, {false, deletes, false})) == NumberPairs{{0, 0}});
    CHECK(match(source, destination, {false, deletes, false}, known).destination_only == Numbers{1});
  }
  const Matches gone = match(index_of({{1, 7, 6}}), destination);
  CHECK(gone.missing == Numbers{0});
}

TEST_CASE("match: texts that the user has had changed may have become equal") {
  const Matches matches =
      match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 4, 7}, {1, 4, 7}, {1, 4, 7}}), {false, false, true});
  CHECK(matches.pairs.size() == 2);
  CHECK(matches.missing.empty());
  CHECK(matches.destination_duplicates == Numbers{2});
}

TEST_CASE("match: different messages of equal identity and size are different") {
  SUBCASE("none of them is there") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5, 9}, {1, 5, 8}}), {});
    CHECK(matches.is_certain());
    CHECK(matches.missing == Numbers{0, 1});
    CHECK(matches.source_duplicates == Numbers{2});
  }
  SUBCASE("the second is there") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 5, 9}}));
    CHECK(pairs_of(matches) == NumberPairs{{1, 0}});
    CHECK(matches.missing == Numbers{0});
  }
  SUBCASE("both are there, in another order") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 5, 9}, {1, 5, 8}}));
    CHECK(pairs_of(matches) == NumberPairs{{0, 1}, {1, 0}});
  }
  SUBCASE("something else is there") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 5, 7}}));
    CHECK(matches.pairs.empty());
    CHECK(matches.missing == Numbers{0, 1});
    CHECK(matches.destination_only == Numbers{0});
  }
  SUBCASE("the destination has grown them all") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 7, 9}}));
    CHECK(pairs_of(matches) == NumberPairs{{1, 0}});
    CHECK(matches.missing == Numbers{0});
  }
  SUBCASE("with duplicates kept") {
    const Matches matches =
        match(index_of({{1, 5, 8}, {1, 5, 8}, {1, 5, 9}}), index_of({{1, 5, 9}, {1, 5, 8}}), {true});
    CHECK(pairs_of(matches) == NumberPairs{{0, 1}, {2, 0}});
    CHECK(matches.missing == Numbers{1});
  }
  SUBCASE("a content that cannot be had is that of a message of its own") {
    const Matches matches = match(index_of({{1, 5, 8}, {1, 5}}), index_of({{1, 5, 8}}));
    CHECK(pairs_of(matches) == NumberPairs{{0, 0}});
    CHECK(matches.missing == Numbers{1});
  }
  SUBCASE("where the user has texts changed, copies say something else") {
    const MailboxIndex source = index_of({{1, 5, 8}, {1, 5, 9}});
    const Matches matches = match(source, index_of({{1, 5, 6}, {1, 5, 7}}), {false, false, true});
    CHECK(pairs_of(matches) == NumberPairs{{0, 0}, {1, 1}});
  }
}

TEST_CASE("match: copies that have all grown to one size are told apart too") {
  const Matches unknown = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 7}, {1, 7}}));
  CHECK(unknown.unread_destination == Numbers{0, 1});
  const Matches known = match(index_of({{1, 5, 8}, {1, 5, 9}}), index_of({{1, 7, 9}, {1, 7, 6}}));
  CHECK(pairs_of(known) == NumberPairs{{0, 1}, {1, 0}});
}

TEST_CASE("match: what is known to be a copy is one") {
  // UIDs are 10, 20, ... on both sides.
  SUBCASE("whatever its size") {
    const std::vector<KnownCopy> known = {{10, 10}};
    const Matches matches = match(index_of({{1, 100}, {1, 104}}), index_of({{1, 105}}), {}, known);
    CHECK(matches.is_certain());
    CHECK(pairs_of(matches) == NumberPairs{{0, 0}});
    CHECK(matches.missing == Numbers{1});
  }
  SUBCASE("without a look at contents") {
    const std::vector<KnownCopy> known = {{10, 20}, {20, 10}};
    const Matches matches = match(index_of({{1, 5}, {1, 5}}), index_of({{1, 5}, {1, 5}}), {}, known);
    CHECK(matches.is_certain());
    CHECK(pairs_of(matches) == NumberPairs{{0, 1}, {1, 0}});
  }
  SUBCASE("but for lookalikes that may be deleted") {
    const std::vector<KnownCopy> known = {{10, 10}, {20, 20}};
    const Matches unread = match(index_of({{1, 5}, {1, 5}}), index_of({{1, 5}, {1, 5}}), {false, true, false}, known);
    CHECK(unread.unread_destination == Numbers{0, 1});
    const MailboxIndex twins = index_of({{1, 5, 8}, {1, 5, 8}});
    const Matches matches = match(twins, twins, {false, true, false}, known);
    CHECK(pairs_of(matches) == NumberPairs{{0, 0}});
    CHECK(matches.destination_duplicates == Numbers{1});
    CHECK(match(twins, twins, {true, true, false}, known).pairs.size() == 2);
  }
  SUBCASE("while both are there") {
    const std::vector<KnownCopy> known = {{10, 70}};
    const Matches matches = match(index_of({{1, 5}}), index_of({{1, 5}}), {}, known);
    CHECK(pairs_of(matches) == NumberPairs{{0, 0}});
  }
  SUBCASE("and have one identity") {
    const std::vector<KnownCopy> known = {{10, 10}};
    const Matches matches = match(index_of({{1, 5}}), index_of({{2, 5}}), {}, known);
    CHECK(matches.pairs.empty());
  }
}

TEST_CASE("match: the copy of what has left the source is that of another message only when they say the same") {
  const std::vector<KnownCopy> known = {{5, 10}};
  const Matches unknown = match(index_of({{1, 100}}), index_of({{1, 90}}), {}, known);
  CHECK(unknown.unread_source == Numbers{0});
  CHECK(unknown.unread_destination == Numbers{0});
  CHECK(pairs_of(match(index_of({{1, 100, 8}}), index_of({{1, 90, 8}}), {}, known)) == NumberPairs{{0, 0}});
  const Matches edited = match(index_of({{1, 100, 9}}), index_of({{1, 90, 8}}), {}, known);
  CHECK(edited.is_certain());
  CHECK(edited.missing == Numbers{0});
  CHECK(edited.destination_only == Numbers{0});
  // Nothing can be told from copies that the user has changed.
  CHECK(match(index_of({{1, 100}}), index_of({{1, 90}}), {false, false, true}, known).pairs.size() == 1);
}
