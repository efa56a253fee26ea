#include "imap/proto/uid_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using imapferry::imap::proto::Uid;
using imapferry::imap::proto::UidSet;

namespace {

constexpr Uid max_uid = 4'294'967'295;

UidSet set_of(const std::string& text) {
  const auto set = UidSet::parse(text);
  REQUIRE_MESSAGE(set.has_value(), text);
  return *set;
}

/// The wire form that a plain std::set of UIDs should have.
std::string wire_form(const std::set<std::uint64_t>& model) {
  std::string out;
  for (auto uid = model.begin(); uid != model.end();) {
    const std::uint64_t first = *uid;
    std::uint64_t last = first;
    for (++uid; uid != model.end() && *uid == last + 1; ++uid) last = *uid;
    if (!out.empty()) out += ',';
    out += std::to_string(first);
    if (last != first) out += ":" + std::to_string(last);
  }
  return out;
}

bool is_normal(const UidSet& set) {
  std::uint64_t next_free = 1;
  for (const UidSet::Range& range : set.ranges()) {
    if (range.first < next_free || range.last < range.first) return false;
    next_free = std::uint64_t{range.last} + 2;
  }
  return true;
}

struct RandomRange {
  Uid from = 0;
  Uid to = 0;
};

/// A short range, in either direction, among the 120 UIDs from `lowest` up.
RandomRange random_range(std::mt19937& random, Uid lowest) {
  const Uid from = lowest + static_cast<Uid>(random() % 120);
  const Uid to = std::clamp(from + static_cast<Uid>(random() % 9) - 4, lowest, lowest + 119);
  return random() % 2 == 0 ? RandomRange{from, from} : RandomRange{from, to};
}

void add_to(std::set<std::uint64_t>& model, const RandomRange& range) {
  for (std::uint64_t uid = std::min(range.from, range.to); uid <= std::max(range.from, range.to); ++uid)
    model.insert(uid);
}

void check_cuts(const UidSet& set, std::size_t max_length) {
  std::string joined;
  for (const std::string& line : set.to_strings(max_length)) {
    CHECK_FALSE(line.empty());
    CHECK((line.size() <= max_length || line.find(',') == std::string::npos));
    joined += (joined.empty() ? "" : ",") + line;
  }
  CHECK(joined == set.to_string());
}

} // namespace

TEST_CASE("uid set: an empty set has no wire form and no lines") {
  const UidSet set;
  CHECK(set.empty());
  CHECK(set.size() == 0);
  CHECK(set.to_string().empty());
  CHECK(set.to_strings(100).empty());
  CHECK_FALSE(set.contains(0));
  CHECK_FALSE(set.contains(1));
}

TEST_CASE("uid set: ranges that touch or overlap become one") {
  const struct {
    std::vector<UidSet::Range> added;
    std::string wire;
  } rows[] = {
      {{{1, 1}, {2, 2}}, "1:2"},
      {{{2, 2}, {1, 1}}, "1:2"},
      {{{1, 1}, {3, 3}}, "1,3"},
      {{{1, 1}, {3, 3}, {2, 2}}, "1:3"},
      {{{5, 9}, {1, 3}}, "1:3,5:9"},
      {{{5, 9}, {1, 4}}, "1:9"},
      {{{5, 9}, {1, 20}}, "1:20"},
      {{{1, 20}, {5, 9}}, "1:20"},
      {{{1, 2}, {4, 5}, {7, 8}, {10, 11}, {3, 9}}, "1:11"},
      {{{1, 2}, {4, 5}, {7, 8}, {10, 11}, {5, 7}}, "1:2,4:8,10:11"},
      {{{1, 2}, {8, 9}, {5, 5}}, "1:2,5,8:9"},
      {{{9, 5}}, "5:9"},
      {{{3, 3}, {3, 3}}, "3"},
  };
  for (const auto& row : rows) {
    UidSet set;
    for (const UidSet::Range& range : row.added) set.add(range.first, range.last);
    CHECK(set.to_string() == row.wire);
  }
}

TEST_CASE("uid set: the ends of `of` come in either order") {
  CHECK(UidSet::of(3, 7) == UidSet::of(7, 3));
  CHECK(UidSet::of(3, 7).to_string() == "3:7");
}

TEST_CASE("uid set: 0 is no UID") {
  UidSet set;
  set.add(0);
  CHECK(set.empty());
  set.add(0, 2);
  CHECK(set.to_string() == "1:2");
  CHECK_FALSE(set.contains(0));
}

TEST_CASE("uid set: the largest UID does not overflow") {
  UidSet set = UidSet::of(max_uid, max_uid);
  CHECK(set.contains(max_uid));
  set.add(max_uid);
  set.add(1);
  CHECK(set.to_string() == "1,4294967295");
  set.add(max_uid - 1);
  CHECK(set.to_string() == "1,4294967294:4294967295");
  CHECK(set.size() == 3);
  set.add(2, max_uid);
  CHECK(set.to_string() == "1:4294967295");
  set.add(7);
  CHECK(set == UidSet::of(1, max_uid));
}

TEST_CASE("uid set: the full range has 2^32-1 UIDs") {
  CHECK(UidSet::of(1, max_uid).size() == 4'294'967'295ull);
  CHECK(UidSet::of(0, max_uid).size() == 4'294'967'295ull);
}

TEST_CASE("uid set: parse takes ranges in any order, turned round and overlapping") {
  const struct {
    const char* text;
    const char* wire;
  } rows[] = {
      {"1", "1"},
      {"4294967295", "4294967295"},
      {"1:4294967295", "1:4294967295"},
      {"4294967295:1", "1:4294967295"},
      {"1:5,7", "1:5,7"},
      {"7,1:5", "1:5,7"},
      {"5:1,7", "1:5,7"},
      {"6,5,4,3", "3:6"},
      {"1:10,2:3", "1:10"},
      {"2:3,1:10,11", "1:11"},
      {"3:3", "3"},
      {"4294967295,4294967294", "4294967294:4294967295"},
  };
  for (const auto& row : rows) CHECK(set_of(row.text).to_string() == row.wire);
}

TEST_CASE("uid set: parse refuses what is no uid-set") {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,
                                      ","sv,
                                      "1,"sv,
                                      ",1"sv,
                                      "1,,2"sv,
                                      "0"sv,
                                      "0:5"sv,
                                      "5:0"sv,
                                      "01"sv,
                                      "1:02"sv,
                                      "+1"sv,
                                      "-1"sv,
                                      "1:"sv,
                                      ":1"sv,
                                      ":"sv,
                                      "*"sv,
                                      "1:*"sv,
                                      "*:1"sv,
                                      "1:2:3"sv,
                                      "1-2"sv,
                                      "4294967296"sv,
                                      "1:4294967296"sv,
                                      "99999999999999999999999"sv,
                                      " 1"sv,
                                      "1 "sv,
                                      "1, 2"sv,
                                      "1;2"sv,
                                      "x"sv,
                                      "1x"sv,
                                      "0x10"sv,
                                      "1\0"sv,
                                      "1\r\n"sv,
                                      "\xD9\xA1"sv}) {
    CAPTURE(text);
    CHECK_FALSE(UidSet::parse(text).has_value());
  }
}

TEST_CASE("uid set: parse stops at its bound of ranges") {
  CHECK(UidSet::parse("1,3,5", 3).has_value());
  CHECK_FALSE(UidSet::parse("1,3,5,7", 3).has_value());
  // What counts is what was sent, not what is left after joining.
  CHECK_FALSE(UidSet::parse("1,2,3,4", 3).has_value());
  CHECK_FALSE(UidSet::parse("1", 0).has_value());
}

TEST_CASE("uid set: parse takes many ranges in descending order") {
  std::string text;
  for (Uid uid = 400'001; uid > 1; uid -= 2) text += std::to_string(uid) + ",";
  const UidSet set = set_of(text + "1");
  CHECK(set.size() == 200'001);
  CHECK(set.ranges().size() == 200'001);
  CHECK(is_normal(set));
}

TEST_CASE("uid set: lines are as long as their bound allows, and only a lone range is longer") {
  const UidSet set = set_of("1:5,7,9:12,100,200:300");
  CHECK(set.to_strings(22) == std::vector<std::string>{"1:5,7,9:12,100,200:300"});
  CHECK(set.to_strings(21) == std::vector<std::string>{"1:5,7,9:12,100", "200:300"});
  CHECK(set.to_strings(10) == std::vector<std::string>{"1:5,7,9:12", "100", "200:300"});
  CHECK(set.to_strings(0) == std::vector<std::string>{"1:5", "7", "9:12", "100", "200:300"});
}

TEST_CASE("uid set: behaves as a set of numbers whatever is added") {
  const unsigned seed = std::random_device{}();
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 400; ++round) {
    const Uid lowest = round % 3 == 0 ? 1 : round % 3 == 1 ? max_uid - 119 : 1 + static_cast<Uid>(random() % 1'000'000);
    CAPTURE(round);
    UidSet set;
    std::set<std::uint64_t> model;
    std::string as_sent;
    for (int step = 0; step < 40; ++step) {
      const RandomRange range = random_range(random, lowest);
      set.add(range.from, range.to);
      add_to(model, range);
      as_sent += (as_sent.empty() ? "" : ",") + std::to_string(range.from) + ":" + std::to_string(range.to);

      REQUIRE(is_normal(set));
      REQUIRE(set.to_string() == wire_form(model));
      REQUIRE(set.size() == model.size());
      for (std::uint64_t uid = lowest - 1; uid <= std::uint64_t{lowest} + 120 && uid <= max_uid; ++uid) {
        if (set.contains(static_cast<Uid>(uid)) != (model.count(uid) == 1)) FAIL("differs at " << uid);
      }
    }
    CHECK(set_of(set.to_string()) == set);
    CHECK(set_of(as_sent) == set);
    check_cuts(set, random() % 60);
  }
}
