#include "mailbox_names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace imapferry;
using namespace imapferry::sync;

TEST_CASE("mailbox map: one name, as imapsync maps it") {
  struct Row {
    const char* source_prefix;
    char source_delimiter;
    const char* destination_prefix;
    char destination_delimiter;
    const char* name;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"", '/', "INBOX.", '.', "A.B", "INBOX.A_B"},
      {"INBOX.", '.', "", '/', "INBOX.INBOX.X", "INBOX/X"},
      {"INBOX.", '.', "", '/', "INBOX.A/B", "A.B"},
      {"", '/', "", '.', "spam/spam.spam", "spam.spam_spam"},
      {"Pf1.", '.', "Pf2/", '/', "Pf1.INBOX", "INBOX"},
      {"", '\\', "", '/', "Inbox\\A\\B", "Inbox/A/B"},
      {"INBOX.", '.', "", '/', "INBOX.", "INBOX"},
      {"Pf1.", '.', "Pf2/", '/', "F1.INBOX", "Pf2/F1/INBOX"},
      {"INBOX.", '.', "INBOX.", '.', "INBOX.A.B", "INBOX.A.B"},
      {"", '/', "", '.', "a/b.c/d", "a.b_c.d"},
      {"", '/', "INBOX.", '.', "Sent", "INBOX.Sent"},
      {"", '/', "INBOX.", '.', "INBOX/Sub", "INBOX.INBOX.Sub"},
      {"INBOX.", '.', "INBOX.", '.', "INBOX.Sent", "INBOX.Sent"},
      {"", '\\', "", '/', "A/B\\C", "A\\B/C"},
      {"Pf1.", '.', "Pf2/", '/', "Pf1.F1.INBOX", "Pf2/F1/INBOX"},
      {"", '/', "", '.', "spam.spam", "spam_spam"},
      {"", '/', "", '.', "spam/spam", "spam.spam"},
      {"INBOX.", '.', "", '/', "INBOX.A.B", "A/B"},
      {"Pf1.", '.', "Pf2/", '/', "Pf1.", "INBOX"},
      {"", '.', "", '/', "spam.spam", "spam/spam"},
      {"INBOX.", '.', "", '/', "Sent", "Sent"},
      {"", '/', "INBOX.", '.', "A/B", "INBOX.A.B"},
      {"INBOX.", '.', "", '/', "INBOX.Sent", "Sent"},
      {"", '.', "", '/', "spam/spam", "spam.spam"},
      {"", '.', "", '/', "lal.ala", "lal/ala"},
      {"", '/', "", '.', "l.al/ala", "l_al.ala"},
      {"", '/', "", '\\', "a\\b/c", "a_b\\c"},
      {"", '.', "", '/', "la/l.ala", "la.l/ala"},
      {"PPP", 's', "QQQ", 't', "lal.ala", "QQQlal.ala"},
      {"PPP", 's', "QQQ", 't', "////", "QQQ////"},
      {"PPP", 's', "QQQ", 't', "PPPPlalala", "QQQPlalala"},
      {"PPP", 's', "QQQ", 't', "PPPsAAAsBBB", "QQQtAAAtBBB"},
      // INBOX in any case is INBOX, on every side and under every prefix; imapsync keeps the spelling.
      {"", '/', "INBOX.", '.', "INBOX", "INBOX"},
      {"", '/', "INBOX.", '.', "inbox", "INBOX"},
      {"INBOX.", '.', "INBOX.", '.', "Inbox", "INBOX"},
      // Not in imapsync's own trials.
      {"INBOX.", '.', "", '/', "Inbox.Sent", "Sent"},
      {"", '^', "", '.', "a^b.c", "a.b^c"},
      {"", '.', "", '^', "a.b^c", "a^b.c"},
      {"", '\0', "", '.', "a.b/c", "a_b/c"},
      {"", '/', "", '\0', "a.b", "a.b"},
      {"", '/', "", '.', "\xC3\xBC/\xE9\x80\x81", "\xC3\xBC.\xE9\x80\x81"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    SideNames source = side(row.source_prefix, row.source_delimiter, {});
    source.mailboxes.push_back(listed(*imap::proto::to_modified_utf7(row.name), row.source_delimiter));
    const MailboxMap map = map_of(source, side(row.destination_prefix, row.destination_delimiter, {}));
    CHECK(map.problems.empty());
    CHECK(destinations_of(map) == Names{row.expected});
  }
}

TEST_CASE("mailbox map: in the order of names, INBOX first, and what exists") {
  const MailboxMap map = map_of(side("", '/', {"Zoo", "Sent", "INBOX", "SENT", "Entw&APw-rfe"}),
                                side("INBOX.", '.', {"INBOX", "INBOX.Sent", "INBOX.Entw&APw-rfe"}));
  REQUIRE(destinations_of(map) == Names{"INBOX", "INBOX.Entw\xC3\xBCrfe", "INBOX.SENT", "INBOX.Sent", "INBOX.Zoo"});
  CHECK(map.pairs[0].exists);
  CHECK(map.pairs[1].exists);
  CHECK_FALSE(map.pairs[2].exists);
  CHECK(map.pairs[3].exists);
  CHECK_FALSE(map.pairs[4].exists);
  CHECK(map.pairs[1].source.wire == "Entw&APw-rfe");
  CHECK(map.pairs[1].destination_wire == "INBOX.Entw&APw-rfe");
  CHECK(map.to_create == Names{"INBOX.SENT", "INBOX.Zoo"});
}

TEST_CASE("mailbox map: INBOX is never created") {
  const MailboxMap map = map_of(side("", '/', {"INBOX", "INBOX/a"}), side("", '/', {}));
  CHECK(map.pairs[0].exists);
  CHECK(map.to_create == Names{"INBOX/a"});
  CHECK(map_of(side("", '/', {"inbox"}), side("", '/', {"Inbox"})).pairs[0].destination_wire == "INBOX");
}

TEST_CASE("mailbox map: parents are created first, once, and only where they are missing") {
  SUBCASE("all of them") {
    CHECK(map_of(side("", '/', {"a/b/c", "a/b/d", "a", "e/f"}), side("", '.', {})).to_create ==
          Names{"a", "a.b", "a.b.c", "a.b.d", "e", "e.f"});
  }
  SUBCASE("not those that are there, even if they cannot be selected") {
    SideNames destination = side("", '/', {"e"});
    destination.mailboxes.push_back(listed("a", '/', imap::proto::list_noselect));
    CHECK(map_of(side("", '/', {"a/b/c", "e/f"}), destination).to_create == Names{"a/b", "a/b/c", "e/f"});
  }
  SUBCASE("one that is there, cannot be selected and is wanted") {
    SideNames destination = side("", '/', {});
    destination.mailboxes.push_back(listed("a", '/', imap::proto::list_noselect));
    const MailboxMap map = map_of(side("", '/', {"a/b", "a"}), destination);
    CHECK_FALSE(map.pairs[1].exists);
    CHECK(map.to_create == Names{"a", "a/b"});
  }
  SUBCASE("not the namespace's prefix") {
    CHECK(map_of(side("", '/', {"a/b"}), side("#mh/mail/", '/', {})).to_create == Names{"#mh/mail/a", "#mh/mail/a/b"});
    CHECK(map_of(side("", '/', {"a"}), side("INBOX.", '.', {})).to_create == Names{"INBOX.a"});
  }
  SUBCASE("no levels, no parents") {
    CHECK(map_of(side("", '/', {"a.b"}), side("", '\0', {})).to_create == Names{"a.b"});
  }
}

TEST_CASE("mailbox map: only what can be selected is copied") {
  SideNames source = side("", '/', {"a/b"});
  source.mailboxes.push_back(listed("a", '/', imap::proto::list_noselect));
  source.mailboxes.push_back(listed("c", '/', imap::proto::list_nonexistent));
  const MailboxMap map = map_of(source, side("", '/', {}));
  CHECK(destinations_of(map) == Names{"a/b"});
  CHECK(map.left_out.empty());
  CHECK(map.problems.empty());
}

TEST_CASE("mailbox map: names that the destination cannot hold are problems with a reason") {
  struct Row {
    char source_delimiter, destination_delimiter;
    std::string name;
    const char* reason;
  };
  std::string deep = "x";
  for (int i = 0; i < 100; ++i) deep += "/x";
  const std::vector<Row> rows = {
      {'/', '.', "a//b", "a level of the name is empty"},
      {'/', '.', "/a", "a level of the name is empty"},
      {'/', '.', "a/", "a level of the name is empty"},
      {'/', '/', "a//b", "a level of the name is empty"},
      {'/', '\0', "a/b", "the name has levels, and the destination has none"},
      {'/', '.', "a\nb", "the name has a control character"},
      {'/', '.', "a\x7F", "the name has a control character"},
      {'/', '.', "a\xFF", "the name is not valid UTF-8"},
      {'/', '.', std::string(4097, 'a'), "the name is longer than 4096 bytes"},
      {'/', '.', deep, "the name has more than 100 levels"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    SideNames source = side("", row.source_delimiter, {"INBOX"});
    source.mailboxes.push_back(listed("wire", row.source_delimiter));
    source.mailboxes.back().name = row.name;
    const MailboxMap map = map_of(source, side("", row.destination_delimiter, {}));
    CHECK(destinations_of(map) == Names{"INBOX"});
    REQUIRE(map.problems.size() == 1);
    CHECK(map.problems[0].source == row.name);
    CHECK(map.problems[0].reason == row.reason);
    CHECK(map.to_create.empty());
  }
}

TEST_CASE("mailbox map: a prefix on one side, on both, on neither") {
  const Names without = {"INBOX", "Sent", "a/b"};
  const Names with = {"INBOX", "INBOX.Sent", "INBOX.a.b"};
  CHECK(destinations_of(map_of(side("", '/', without), side("INBOX.", '.', {}))) == with);
  CHECK(destinations_of(map_of(side("INBOX.", '.', with), side("", '/', {}))) == without);
  CHECK(destinations_of(map_of(side("INBOX.", '.', with), side("INBOX.", '.', {}))) == with);
  CHECK(destinations_of(map_of(side("", '/', without), side("", '/', {}))) == without);
}

TEST_CASE("mailbox map: two mailboxes that come to one are a problem of the second") {
  struct Row {
    SideNames source;
    SideNames destination;
    const char* loser;
    const char* destination_name;
    const char* reason;
  };
  const std::vector<Row> rows = {
      {side("", '/', {"a.b", "a_b"}), side("", '.', {}), "a_b", "a_b", "\"a.b\" goes to the same mailbox"},
      {side("INBOX.", '.', {"Sent", "INBOX.Sent"}), side("", '/', {}), "Sent", "Sent",
       "\"INBOX.Sent\" goes to the same mailbox"},
      {side("INBOX.", '.', {"INBOX.INBOX", "INBOX"}), side("", '/', {}), "INBOX.INBOX", "INBOX",
       "\"INBOX\" goes to the same mailbox"},
  };
  for (const Row& row : rows) {
    const MailboxMap map = map_of(row.source, row.destination);
    CHECK(map.pairs.size() == 1);
    REQUIRE(map.problems.size() == 1);
    CHECK(map.problems[0].source == row.loser);
    CHECK(map.problems[0].destination == row.destination_name);
    CHECK(map.problems[0].reason == row.reason);
  }
}

TEST_CASE("mailbox map: the destination's own spelling is used for what it has, and below it") {
  const SideNames destination = side("", '/', {"Entw\xC3\xBCrfe"});
  const MailboxMap map = map_of(side("", '/', {"Entw&APw-rfe", "Entw&APw-rfe/M&AOQ-rz"}), destination);
  REQUIRE(map.pairs.size() == 2);
  CHECK(map.pairs[0].exists);
  CHECK(map.pairs[0].destination_wire == "Entw\xC3\xBCrfe");
  CHECK(map.pairs[1].destination_wire == "Entw\xC3\xBCrfe/M&AOQ-rz");
  CHECK(map.to_create == Names{"Entw\xC3\xBCrfe/M&AOQ-rz"});

  const SideNames both = side("", '/', {"Entw\xC3\xBCrfe", "Entw&APw-rfe"});
  CHECK(map_of(side("", '/', {"Entw&APw-rfe"}), both).pairs[0].destination_wire == "Entw&APw-rfe");
}

TEST_CASE("mailbox map: several mailboxes go to one where a rule was given for that") {
  config::FolderRules rules;
  SUBCASE("--f1f2") { rules.renamed = {{"Old", "Sent"}, {"Older", "Sent"}}; }
  SUBCASE("--regextrans2") { rules.changes = {"s/^Old(er)?$/Sent/"}; }
  const MailboxMap map = map_of(side("", '/', {"INBOX", "Old", "Older", "Sent"}), side("INBOX.", '.', {}), rules);
  const std::string expected = rules.changes.empty() ? "Sent" : "INBOX.Sent";
  if (rules.changes.empty()) {
    CHECK(destinations_of(map) == Names{"INBOX", "Sent", "Sent", "INBOX.Sent"});
    CHECK(map.pairs[1].sources == 2);
    CHECK(map.pairs[3].sources == 1);
    CHECK(map.to_create == Names{"Sent", "INBOX.Sent"});
  } else {
    // The expressions see the prefix, which these do not expect.
    CHECK(destinations_of(map) == Names{"INBOX", "INBOX.Old", "INBOX.Older", "INBOX.Sent"});
  }
  CHECK(map.problems.empty());
}

TEST_CASE("mailbox map: --regextrans2 sees UTF-8, and modified UTF-7 where it is written for that") {
  struct Row {
    const char* expression;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"s/\u041F\u0440\u043E\u0435\u043A\u0442/Project/", "Project/a&b"},
      {"s/&BB8EQAQ\\+BDUEOgRC-/Project/", "Project/a&b"},
      {"s/&/ and /", "\u041F\u0440\u043E\u0435\u043A\u0442/a and b"},
      {"s,^,${h2_prefix}old$h2_sep,", "old/\u041F\u0440\u043E\u0435\u043A\u0442/a&b"},
      {"tr/a-z/A-Z/", "\u041F\u0440\u043E\u0435\u043A\u0442/A&B"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    config::FolderRules rules;
    rules.changes = {row.expression};
    CHECK(destinations_of(map_of(side("", '/', {"&BB8EQAQ+BDUEOgRC-/a&-b"}), side("", '/', {}), rules)) ==
          Names{row.expected});
  }
}

TEST_CASE("mailbox map: --f1f2 in either form, exactly, before everything else") {
  config::FolderRules rules;
  rules.renamed = {
      {"\u041F\u0440\u043E\u0435\u043A\u0442", "Project"}, {"&BB8EQAQ+BDUEOgRC-/a", "&APw-"}, {"inbox", "Old mail"}};
  rules.changes = {"s/^/x/"};
  CHECK(destinations_of(
            map_of(side("", '/', {"INBOX", "&BB8EQAQ+BDUEOgRC-", "&BB8EQAQ+BDUEOgRC-/a", "&BB8EQAQ+BDUEOgRC-/b"}),
                   side("INBOX.", '.', {}), rules)) ==
        Names{"Old mail", "Project", "\u00FC", "xINBOX.\u041F\u0440\u043E\u0435\u043A\u0442.b"});
}

TEST_CASE("mailbox map: --nomixfolders") {
  config::FolderRules rules;
  rules.mix_cases = false;
  const MailboxMap map = map_of(side("", '/', {"INBOX", "Sent", "\u041F\u0440\u043E\u0435\u043A\u0442", "same"}),
                                side("", '/', {"inbox", "SENT", "&BD8EQAQ+BDUEOgRC-", "same"}), rules);
  CHECK(destinations_of(map) == Names{"INBOX", "same"});
  REQUIRE(map.problems.size() == 2);
  CHECK(map.problems[0].reason == "the destination has it as \"SENT\" already (--nomixfolders)");
}

TEST_CASE("mailbox map: empty mailboxes are not created, but for INBOX and what is there") {
  SideNames source = side("", '/', {"INBOX", "empty", "empty/full", "there"});
  for (const std::size_t i : {0U, 1U, 3U}) source.mailboxes[i].is_empty = true;
  config::FolderRules rules;
  CHECK(map_of(source, side("", '/', {"there"}), rules).pairs.size() == 4);
  rules.skip_empty = true;
  const MailboxMap map = map_of(source, side("", '/', {"there"}), rules);
  CHECK(destinations_of(map) == Names{"INBOX", "empty/full", "there"});
  REQUIRE(map.empty.size() == 1);
  CHECK(map.empty[0].name == "empty");
}

TEST_CASE("mailbox map: --subfolder1 may merge its own messages with those of an INBOX below it") {
  config::FolderRules rules;
  rules.source_root = "old";
  const MailboxMap map =
      map_of(side("", '/', {"INBOX", "old", "old/INBOX", "old/a", "older"}), side("INBOX.", '.', {}), rules);
  CHECK(destinations_of(map) == Names{"INBOX", "INBOX", "INBOX.a"});
  CHECK(map.problems.empty());
}

TEST_CASE("mailbox map: rules that cannot be are passed on, what they leave out is told") {
  config::FolderRules rules;
  rules.exclude = {"("};
  const core::Result<MailboxMap> failed = map_mailboxes(side("", '/', {"a"}), side("", '/', {}), rules);
  REQUIRE(failed.has_error());
  CHECK(failed.error().fault == core::Fault::usage);
  rules.exclude = {"^a"};
  CHECK(map_of(side("", '/', {"a", "b", "&APw-"}), side("", '/', {}), rules).left_out == Names{"a"});
}

namespace {

std::string random_name(std::mt19937& random, const SideNames& side_names) {
  static const std::vector<std::string> pieces = {"a", "b", "INBOX", "Inbox", ".", "/", "^", "_", "\xC3\xBC", "&", ""};
  std::string name = random() % 3 == 0 ? side_names.name_space.prefix : "";
  for (std::size_t n = 1 + random() % 5; n > 0; --n) name += pieces[random() % pieces.size()];
  return name;
}

SideNames random_side(std::mt19937& random) {
  static const std::vector<char> delimiters = {'.', '/', '^', '\\', '\0'};
  const char delimiter = delimiters[random() % delimiters.size()];
  SideNames out;
  out.name_space.delimiter = delimiter;
  if (delimiter != '\0' && random() % 2 == 0) out.name_space.prefix = std::string("INBOX") + delimiter;
  for (std::size_t n = random() % 12; n > 0; --n) {
    const std::string wire = *imap::proto::to_modified_utf7(random_name(random, out));
    out.mailboxes.push_back(
        listed(wire, delimiter, random() % 6 == 0 ? std::uint32_t{imap::proto::list_noselect} : 0U));
  }
  return out;
}

/// The names of the levels above, by another way than the code's.
Names parents_of(const std::string& name, char delimiter) {
  Names parents;
  for (std::size_t i = 1; delimiter != '\0' && i < name.size(); ++i) {
    if (name[i] == delimiter) parents.push_back(name.substr(0, i));
  }
  return parents;
}

void check_pairs(const MailboxMap& map, const SideNames& destination) {
  std::set<std::string> names, wires;
  for (const MailboxPair& pair : map.pairs) {
    REQUIRE(pair.source.can_select());
    REQUIRE(names.insert(imap::proto::is_inbox(pair.destination) ? "INBOX" : pair.destination).second);
    REQUIRE(wires.insert(pair.destination_wire).second);
    REQUIRE(imap::proto::from_wire(pair.destination_wire).utf8 == pair.destination);
    const bool is_listed =
        std::any_of(destination.mailboxes.begin(), destination.mailboxes.end(),
                    [&](const ListedMailbox& m) { return m.name == pair.destination && m.can_select(); });
    REQUIRE(pair.exists == (is_listed || pair.destination == "INBOX"));
    const auto created = std::count(map.to_create.begin(), map.to_create.end(), pair.destination_wire);
    REQUIRE(created == (pair.exists ? 0 : 1));
  }
}

void check_creations(const MailboxMap& map, const SideNames& destination) {
  std::set<std::string> known = {"INBOX"};
  for (const ListedMailbox& mailbox : destination.mailboxes) known.insert(mailbox.name);
  std::set<std::string> created;
  for (const std::string& wire : map.to_create) {
    const std::string name = imap::proto::from_wire(wire).utf8;
    REQUIRE_FALSE(imap::proto::is_inbox(name));
    REQUIRE(created.insert(name).second);
    for (const std::string& parent : parents_of(name, destination.name_space.delimiter)) {
      REQUIRE((known.count(parent) != 0 || imap::proto::is_inbox(parent)));
    }
    known.insert(name);
  }
}

}  // namespace

TEST_CASE("mailbox map: random names map one to one, none is lost, and parents come first") {
  const unsigned seed = 31337;
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::size_t pairs = 0, problems = 0, creations = 0;
  for (int round = 0; round < 4000; ++round) {
    CAPTURE(round);
    const SideNames source = random_side(random);
    const SideNames destination = random_side(random);
    const MailboxMap map = map_of(source, destination);
    std::set<std::string> selectable;
    for (const ListedMailbox& mailbox : source.mailboxes) {
      if (mailbox.can_select()) selectable.insert(imap::proto::is_inbox(mailbox.name) ? "INBOX" : mailbox.name);
    }
    REQUIRE(map.pairs.size() + map.problems.size() == selectable.size());
    check_pairs(map, destination);
    check_creations(map, destination);
    pairs += map.pairs.size();
    problems += map.problems.size();
    creations += map.to_create.size();
  }
  CHECK(pairs > 5000);
  CHECK(problems > 1000);
  CHECK(creations > 3000);
}
