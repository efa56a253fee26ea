#include "mailbox_names.hpp"
#include "sync/mailbox/folder_deletion.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace imapferry;
using namespace imapferry::sync;

namespace {

/// What is deleted when every deletion succeeds, in order.
Names deleted(const SideNames& source, const SideNames& destination, const config::FolderRules& rules = {},
              const config::DeletionRules& deletion = {}) {
  const core::Result<MailboxMap> map = map_mailboxes(source, destination, rules);
  if (!map) return {"error: " + map.error().message};
  core::Result<std::vector<ListedMailbox>> mailboxes =
      superfluous_mailboxes(source, destination, *map, rules, deletion);
  if (!mailboxes) return {"error: " + mailboxes.error().message};
  DeletionOrder order(destination, std::move(*mailboxes));
  Names names;
  while (true) {
    const std::vector<ListedMailbox> level = order.next();
    if (level.empty()) return names;
    for (const ListedMailbox& mailbox : level) names.push_back(mailbox.name);
  }
}

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("superfluous mailboxes: what the source does not have, innermost first") {
  const SideNames source = side("", '/', {"INBOX", "a", "b/c"});
  const SideNames destination =
      side("INBOX.", '.', {"INBOX", "INBOX.a", "INBOX.b.c", "INBOX.x", "INBOX.x.y", "INBOX.x.y.z"});
  CHECK(deleted(source, destination) == Names{"INBOX.x.y.z", "INBOX.x.y", "INBOX.x"});
}

TEST_CASE("superfluous mailboxes: INBOX, special ones, other people's, and levels above what stays are spared") {
  SideNames destination =
      side("", '/', {"inbox", "INBOX/sub", "b", "b/keep", "Shared/x", "Public", "Users/bob/x", "old"});
  destination.mailboxes.push_back(listed("Papierkorb"));
  destination.mailboxes.back().special_use = "\\TRASH";
  destination.mailboxes.push_back(listed("gone", '/', imap::proto::list_nonexistent | imap::proto::list_noselect));
  destination.personal_prefixes = {""};
  destination.foreign_prefixes = {"Shared/", "Users/"};
  const SideNames source = side("", '/', {"INBOX", "b/keep"});
  CHECK(sorted(deleted(source, destination)) == Names{"INBOX/sub", "Public", "old"});
  SUBCASE("everything outside of the own prefix may be shared") {
    destination.personal_prefixes = {"INBOX/"};
    destination.foreign_prefixes = {"user/", ""};
    CHECK(deleted(source, destination) == Names{"INBOX/sub"});
  }
}

TEST_CASE("superfluous mailboxes: a level between that is no mailbox keeps nothing above it") {
  SideNames destination = side("", '.', {"INBOX", "old", "old.deep.er", "kept", "kept.deep.er"});
  for (const char* name : {"old.deep", "kept.deep"}) {
    destination.mailboxes.push_back(listed(name, '.', imap::proto::list_nonexistent | imap::proto::list_noselect));
  }
  const SideNames source = side("", '/', {"INBOX", "kept/deep/er"});
  CHECK(deleted(source, destination) == Names{"old.deep.er", "old"});
}

TEST_CASE("superfluous mailboxes: none when the source lists none") {
  CHECK(deleted(side("", '/', {}), side("", '/', {"INBOX", "a"})).empty());
  SideNames source = side("", '/', {});
  source.mailboxes.push_back(listed("a", '/', imap::proto::list_noselect));
  CHECK(deleted(source, side("", '/', {"INBOX", "b"})).empty());
}

TEST_CASE("superfluous mailboxes: whatever a limited run leaves out stays") {
  const SideNames source = side("", '/', {"INBOX", "a", "a/b", "c"});
  const SideNames destination = side("", '/', {"INBOX", "a", "a/b", "a/only", "c", "only", "c2"});
  config::FolderRules rules;
  SUBCASE("no limit") { CHECK(sorted(deleted(source, destination, rules)) == Names{"a/only", "c2", "only"}); }
  SUBCASE("--folder") {
    rules.names = {"a"};
    CHECK(deleted(source, destination, rules).empty());
  }
  SUBCASE("--subscribed") {
    rules.only_subscribed = true;
    CHECK(deleted(source, destination, rules).empty());
  }
  SUBCASE("--folderrec") {
    rules.recursive = {"a"};
    CHECK(deleted(source, destination, rules) == Names{"a/only"});
  }
  SUBCASE("--include") {
    rules.include = {"^c"};
    CHECK(deleted(source, destination, rules) == Names{"c2"});
  }
  SUBCASE("--include beside --folder") {
    rules.names = {"a"};
    rules.include = {"^c"};
    CHECK(deleted(source, destination, rules) == Names{"c2"});
  }
  SUBCASE("--exclude") {
    rules.exclude = {"^a"};
    CHECK(sorted(deleted(source, destination, rules)) == Names{"c2", "only"});
  }
  SUBCASE("--subfolder1: what its neighbours went to stays") {
    rules.source_root = "a";
    CHECK(sorted(deleted(source, destination, rules)) == Names{"a/only", "c2", "only"});
  }
  SUBCASE("--subfolder2: nothing outside of it") {
    rules.destination_root = "c";
    SideNames there = destination;
    there.mailboxes.push_back(listed("c/old"));
    there.mailboxes.push_back(listed("c/a"));
    CHECK(deleted(source, there, rules) == Names{"c/old"});
  }
}

TEST_CASE("superfluous mailboxes: names that differ in case or accents only are the same") {
  CHECK(deleted(side("", '/', {"INBOX", "Sent", "E\u0301te\u0301/x"}),
                side("", '/', {"INBOX", "SENT", "&AMk-t&AOk-", "&AMk-t&AOk-/X"}))
            .empty());
}

TEST_CASE("superfluous mailboxes: where a source mailbox went before it was renamed is nobody's") {
  config::FolderRules rules;
  rules.renamed = {{"a", "A2"}};
  CHECK(deleted(side("", '/', {"INBOX", "a"}), side("", '/', {"INBOX", "a", "A2", "x"}), rules) == Names{"a", "x"});
}

TEST_CASE("superfluous mailboxes: only those that match, or none that do") {
  const SideNames source = side("", '/', {"INBOX"});
  const SideNames destination = side("", '/', {"INBOX", "Old", "Old/a", "older", "&BB8EQAQ+BDUEOgRC-"});
  config::DeletionRules deletion;
  SUBCASE("only") {
    deletion.destination_folders_only = "/^old/i";
    CHECK(sorted(deleted(source, destination, {}, deletion)) == Names{"Old", "Old/a", "older"});
  }
  SUBCASE("a level above what is spared stays") {
    deletion.destination_folders_but_not = "m{^Old/|r$}";
    CHECK(deleted(source, destination, {}, deletion) == Names{"Проект"});
  }
  SUBCASE("in either form of a name") {
    deletion.destination_folders_only = "/Проект/";
    CHECK(deleted(source, destination, {}, deletion) == Names{"Проект"});
    deletion.destination_folders_only = "/BB8EQAQ/";
    CHECK(deleted(source, destination, {}, deletion) == Names{"Проект"});
  }
  SUBCASE("both") {
    deletion.destination_folders_only = "/old/i";
    deletion.destination_folders_but_not = "/er/";
    CHECK(deleted(source, destination, {}, deletion) == Names{"Old/a", "Old"});
  }
}

TEST_CASE("deletable when empty: not INBOX, not special, and nothing above what stays") {
  SideNames source = side("", '/', {"INBOX", "a", "a/b", "a/b/c", "d", "d/full"});
  source.mailboxes.push_back(listed("Sent"));
  source.mailboxes.back().special_use = "\\Sent";
  const core::Result<MailboxMap> map = map_mailboxes(source, side("", '/', {}), {});
  REQUIRE(map.has_value());
  DeletionOrder order(source, deletable_when_empty(*map));
  Names gone;
  for (auto level = order.next(); !level.empty(); level = order.next()) {
    for (const ListedMailbox& mailbox : level) {
      if (mailbox.name == "d/full") {
        order.stays(mailbox);
      } else {
        gone.push_back(mailbox.name);
      }
    }
  }
  CHECK(gone == Names{"a/b/c", "a/b", "a"});
}
