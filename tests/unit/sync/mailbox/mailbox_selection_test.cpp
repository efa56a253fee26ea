#include "mailbox_names.hpp"
#include "sync/mailbox/mailbox_selection.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;

namespace {

const SideNames& example() {
  static const SideNames names = [] {
    SideNames out = side(
        "", '/',
        {"Archive/2020", "INBOX", "Archive/2021", "Entw&APw-rfe", "Entw&APw-rfe/alt", "Trash", "a&-b", "Archiver"});
    out.mailboxes.push_back(listed("Archive", '/', imap::proto::list_noselect));
    return out;
  }();
  return names;
}

Names chosen_of(const core::Result<MailboxSelection>& selection) {
  Names names;
  if (!selection) return {"error: " + selection.error().message};
  for (const ListedMailbox& mailbox : selection->chosen) names.push_back(mailbox.name);
  return names;
}

}  // namespace

TEST_CASE("selection: everything that can be selected, INBOX first, then by name") {
  const core::Result<MailboxSelection> selection = select_mailboxes(example(), {});
  CHECK(chosen_of(selection) == Names{"INBOX", "Archive/2020", "Archive/2021", "Archiver", "Entw\xC3\xBCrfe",
                                      "Entw\xC3\xBCrfe/alt", "Trash", "a&b"});
  CHECK(selection->left_out.empty());
  CHECK(selection->problems.empty());
}

TEST_CASE("selection: by name, by branch, by expression") {
  struct Row {
    const char* what;
    Names folders, recursive, include, exclude;
    Names chosen;
  };
  const Names both_drafts = {"Entw\xC3\xBCrfe", "Entw\xC3\xBCrfe/alt"};
  const std::vector<Row> rows = {
      {"a name", {"Trash"}, {}, {}, {}, {"Trash"}},
      {"INBOX in any case", {"inbox"}, {}, {}, {}, {"INBOX"}},
      {"UTF-8", {"Entw\xC3\xBCrfe"}, {}, {}, {}, {"Entw\xC3\xBCrfe"}},
      {"modified UTF-7", {"Entw&APw-rfe"}, {}, {}, {}, {"Entw\xC3\xBCrfe"}},
      {"an ampersand both ways", {"a&b", "a&-b"}, {}, {}, {}, {"a&b"}},
      {"a branch whose head cannot be selected", {}, {"Archive"}, {}, {}, {"Archive/2020", "Archive/2021"}},
      {"a branch in UTF-8", {}, {"Entw\xC3\xBCrfe"}, {}, {}, both_drafts},
      {"a branch in modified UTF-7", {}, {"Entw&APw-rfe"}, {}, {}, both_drafts},
      {"names and branches together", {"Trash"}, {"Archive"}, {}, {}, {"Archive/2020", "Archive/2021", "Trash"}},
      {"names and expressions together", {"Trash"}, {}, {"er$"}, {}, {"Archiver", "Trash"}},
      {"any of the expressions", {}, {}, {"^A", "^T"}, {}, {"Archive/2020", "Archive/2021", "Archiver", "Trash"}},
      {"an expression on UTF-8", {}, {}, {"w\xC3\xBCr"}, {}, both_drafts},
      {"an expression on modified UTF-7", {}, {}, {"w&APw-r"}, {}, both_drafts},
      {"an expression that nothing matches", {}, {}, {"nothing"}, {}, {}},
      {"exclusion comes last", {"Trash", "INBOX"}, {"Archive"}, {}, {"Tra", "2021$"}, {"INBOX", "Archive/2020"}},
      {"exclusion alone", {}, {}, {}, {"^[AE]", "&"}, {"INBOX", "Trash"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    config::FolderRules rules;
    rules.names = row.folders;
    rules.recursive = row.recursive;
    rules.include = row.include;
    rules.exclude = row.exclude;
    const core::Result<MailboxSelection> selection = select_mailboxes(example(), rules);
    CHECK(chosen_of(selection) == row.chosen);
    CHECK(selection->left_out.size() + selection->chosen.size() == 8);
  }
}

TEST_CASE("selection: the subscribed ones, with those that are named") {
  SideNames source = example();
  source.mailboxes[0].is_subscribed = true;
  source.mailboxes[5].is_subscribed = true;
  config::FolderRules rules;
  rules.only_subscribed = true;
  CHECK(chosen_of(select_mailboxes(source, rules)) == Names{"Archive/2020", "Trash"});
  rules.names = {"INBOX"};
  rules.include = {"Entw"};
  rules.exclude = {"2020"};
  CHECK(chosen_of(select_mailboxes(source, rules)) ==
        Names{"INBOX", "Entw\xC3\xBCrfe", "Entw\xC3\xBCrfe/alt", "Trash"});
}

TEST_CASE("selection: what --subfolder1 holds") {
  config::FolderRules rules;
  for (const char* root : {"Archive", " Archive/ ", "Entw\xC3\xBCrfe", "Entw&APw-rfe/"}) {
    CAPTURE(root);
    rules.source_root = root;
    const Names chosen = chosen_of(select_mailboxes(example(), rules));
    CHECK(chosen.size() == 2);
    CHECK(chosen.front().substr(0, 3) == std::string(root).substr(root[0] == ' ' ? 1 : 0, 3));
  }
  rules.source_root = "Archive/202";
  const core::Result<MailboxSelection> selection = select_mailboxes(example(), rules);
  REQUIRE(selection.has_error());
  CHECK(selection.error().fault == core::Fault::root);
  CHECK(selection.error().message == "--subfolder1 \"Archive/202\": the source has no such mailbox");
}

TEST_CASE("selection: first and last") {
  config::FolderRules rules;
  rules.first = {"Trash", "a&b"};
  rules.last = {"Archive/2020", "INBOX", "nothing"};
  rules.exclude = {"Entw"};
  CHECK(chosen_of(select_mailboxes(example(), rules)) ==
        Names{"Trash", "a&b", "Archive/2021", "Archiver", "Archive/2020", "INBOX"});
}

TEST_CASE("selection: what cannot be is a usage failure") {
  struct Row {
    Names folders, recursive, include, exclude;
    const char* message;
  };
  const std::vector<Row> rows = {
      {{},
       {},
       {"a["},
       {},
       "--include: the regular expression \"a[\" does not compile, at byte 2: missing terminating ] for character "
       "class"},
      {{"Trash"},
       {},
       {},
       {"+"},
       "--exclude: the regular expression \"+\" does not compile, at byte 0: quantifier does not follow a repeatable "
       "item"},
  };
  for (const Row& row : rows) {
    config::FolderRules rules;
    rules.names = row.folders;
    rules.recursive = row.recursive;
    rules.include = row.include;
    rules.exclude = row.exclude;
    const core::Result<MailboxSelection> selection = select_mailboxes(example(), rules);
    REQUIRE(selection.has_error());
    CHECK(selection.error().fault == core::Fault::usage);
    CHECK(selection.error().message == row.message);
  }
}

TEST_CASE("selection: a mailbox asked for by name that cannot be selected is a problem") {
  config::FolderRules rules;
  rules.names = {"Archive"};
  const core::Result<MailboxSelection> selection = select_mailboxes(example(), rules);
  REQUIRE(selection.has_value());
  CHECK(selection->chosen.empty());
  REQUIRE(selection->problems.size() == 1);
  CHECK(selection->problems[0].source == "Archive");
  CHECK(selection->problems[0].reason == "the source does not let it be selected");
}

TEST_CASE("selection: a mailbox listed twice is one mailbox") {
  const SideNames source = side("", '/', {"A", "INBOX", "A", "Inbox", "a"});
  CHECK(chosen_of(select_mailboxes(source, {})) == Names{"INBOX", "A", "a"});
}

TEST_CASE("selection: the branch of INBOX in any case, and of a flat source") {
  config::FolderRules rules;
  rules.recursive = {"Inbox"};
  CHECK(chosen_of(select_mailboxes(side("INBOX.", '.', {"INBOX", "INBOX.a", "INBOX.a.b", "x"}), rules)) ==
        Names{"INBOX", "INBOX.a", "INBOX.a.b"});
  CHECK(chosen_of(select_mailboxes(side("", '\0', {"INBOX", "INBOX.a"}), rules)) == Names{"INBOX"});
}

TEST_CASE("selection: a source that lists raw UTF-8 understands modified UTF-7 too") {
  config::FolderRules rules;
  rules.names = {"Entw&APw-rfe"};
  CHECK(chosen_of(select_mailboxes(side("", '/', {"INBOX", "Entw\xC3\xBCrfe"}), rules)) == Names{"Entw\xC3\xBCrfe"});
}

TEST_CASE("selection: a mailbox asked for by name that is not there is a problem, and no other is left out for it") {
  config::FolderRules rules;
  rules.names = {"Nope", "trash", "Trash", ""};
  rules.recursive = {"Arch", "Entw&APw-rfe", "Gel&APY-scht"};
  const core::Result<MailboxSelection> selection = select_mailboxes(example(), rules);
  CHECK(chosen_of(selection) == Names{"Entw\xC3\xBCrfe", "Entw\xC3\xBCrfe/alt", "Trash"});
  Names problems;
  for (const MailboxProblem& problem : selection->problems) {
    CHECK(problem.fault == core::Fault::select);
    problems.push_back(problem.source + ": " + problem.reason);
  }
  CHECK(problems ==
        Names{"Nope: the source has no such mailbox (--folder)", "trash: the source has no such mailbox (--folder)",
              ": the source has no such mailbox (--folder)", "Arch: the source has no such mailbox (--folderrec)",
              "Gel\xC3\xB6scht: the source has no such mailbox (--folderrec)"});
}
