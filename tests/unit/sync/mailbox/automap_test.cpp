#include "mailbox_names.hpp"
#include "sync/mailbox/automap.hpp"
#include "sync/mailbox/special_use.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;

namespace {

ListedMailbox special(const std::string& wire, const std::string& use, char delimiter = '/') {
  ListedMailbox mailbox = listed(wire, delimiter);
  mailbox.special_use = use;
  return mailbox;
}

std::string target(const SideNames& source, const SideNames& destination, const std::string& name) {
  const auto pairs = automap(source, destination);
  const auto found = pairs.find(name);
  return found == pairs.end() ? "" : found->second;
}

config::FolderRules automapped(bool with_children = true) {
  config::FolderRules rules;
  rules.automap = true;
  rules.automap_children = with_children;
  return rules;
}

}  // namespace

TEST_CASE("purpose: names in many languages, in any case, with and without accents") {
  struct Row {
    const char* name;
    const char* use;
  };
  const std::vector<Row> rows = {
      {"sent", "\\Sent"},
      {"SENT ITEMS", "\\Sent"},
      {"отправленные", "\\Sent"},
      {"Удалённые", "\\Trash"},
      {"Entwürfe", "\\Drafts"},
      {"ENTWÜRFE", "\\Drafts"},
      {"Elements envoyes", "\\Sent"},
      {"下書き", "\\Drafts"},
      {"Sent2", ""},
      {"Mein Sent", ""},
      {"INBOX", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(guess_special_use(row.name) == row.use);
  }
  CHECK(guess_special_use("INBOX.Sent", NameSpace{"INBOX.", '.'}) == "\\Sent");
  CHECK(guess_special_use("INBOX.Sent", NameSpace{"", '.'}).empty());
  CHECK(regular_special_use("\\SENT") == "\\Sent");
  CHECK(regular_special_use("\\Marked").empty());
  CHECK(regular_special_use("").empty());
}

TEST_CASE("automap: what a server says counts before the name") {
  SideNames source = side("", '/', {"INBOX", "Sent"});
  source.mailboxes.push_back(special("Papierkorb 2", "\\TRASH"));
  SideNames destination = side("", '/', {"INBOX", "Sent", "Trash"});
  destination.mailboxes.push_back(special("Outgoing", "\\sent"));
  CHECK(target(source, destination, "Sent") == "Outgoing");
  CHECK(target(source, destination, "Papierkorb 2") == "Trash");
  CHECK(target(source, destination, "INBOX") == "");
  SUBCASE("on the source too") {
    source.mailboxes.push_back(special("Junk", "\\Archive"));
    destination.mailboxes.push_back(listed("Archives"));
    destination.mailboxes.push_back(listed("Spam"));
    CHECK(target(source, destination, "Junk") == "Archives");
  }
  SUBCASE("what cannot be selected serves no purpose") {
    destination.mailboxes.push_back(listed("Drafts", '/', imap::proto::list_noselect));
    source.mailboxes.push_back(special("Entwurf", "\\Drafts"));
    CHECK(target(source, destination, "Entwurf") == "");
  }
}

TEST_CASE("automap: of several on the destination the first in order of names is taken") {
  CHECK(target(side("", '/', {"Junk"}), side("", '/', {"Spam", "Junk E-Mail"}), "Junk") == "Junk E-Mail");
}

TEST_CASE("automap: what is below such a mailbox goes with it") {
  const SideNames source =
      side("INBOX.", '.', {"INBOX", "INBOX.Sent Items", "INBOX.Sent Items.2020.a/b", "INBOX.Other.Sent"});
  const SideNames destination = side("", '/', {"INBOX", "Sent"});
  CHECK(destinations_of(map_of(source, destination, automapped())) ==
        Names{"INBOX", "Other/Sent", "Sent", "Sent/2020/a.b"});
  CHECK(destinations_of(map_of(source, destination, automapped(false))) ==
        Names{"INBOX", "Other/Sent", "Sent", "Sent Items/2020/a.b"});
}

TEST_CASE("automap: several mailboxes of one purpose become one") {
  const MailboxMap map = map_of(side("", '/', {"Sent", "Sent Items", "x"}), side("", '/', {"Sent"}), automapped());
  CHECK(destinations_of(map) == Names{"Sent", "Sent", "x"});
  CHECK(map.problems.empty());
  CHECK(map.pairs[0].sources == 2);
  CHECK(map.pairs[1].sources == 2);
  CHECK(map.pairs[2].sources == 1);
}

TEST_CASE("automap: a mailbox that is created is told its purpose, once, where the server can") {
  SideNames source = side("", '/', {"INBOX", "Gesendet", "Sent Items", "x"});
  source.mailboxes.push_back(special("Altes", "\\Archive"));
  source.mailboxes.push_back(special("Müll", "\\Trash"));
  SideNames destination = side("", '.', {"INBOX"});
  destination.mailboxes.push_back(special("Bin", "\\Trash", '.'));
  CHECK(map_of(source, destination, automapped()).special_uses.empty());
  destination.knows_uses = true;
  using Uses = std::map<std::string, std::string>;
  CHECK(map_of(source, destination, automapped()).special_uses == Uses{{"Altes", "\\Archive"}, {"Gesendet", "\\Sent"}});
  config::FolderRules plain;
  CHECK(map_mailboxes(source, destination, plain)->special_uses.empty());
}
