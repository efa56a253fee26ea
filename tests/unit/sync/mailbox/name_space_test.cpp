#include "mailbox_names.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;

TEST_CASE("name space: NAMESPACE is believed") {
  const std::vector<ListedMailbox> mailboxes = {listed("INBOX", '/'), listed("a/b", '/')};
  const NameSpace given = name_space_of({{"INBOX.", '.'}, {"other", '/'}}, mailboxes);
  CHECK(given.prefix == "INBOX.");
  CHECK(given.delimiter == '.');
  CHECK(name_space_of({{"Entw&APw-rfe.", '.'}}, {}).prefix == "Entw\xC3\xBCrfe.");
  CHECK(name_space_of({{"", '\0'}}, {}).delimiter == '\0');
  CHECK(name_space_of({{"", '\0'}}, mailboxes).delimiter == '/');
}

TEST_CASE("name space: the delimiter is guessed from LIST") {
  CHECK(name_space_of({}, {}).delimiter == '/');
  CHECK(name_space_of({}, {listed("INBOX", '\0')}).delimiter == '/');
  CHECK(name_space_of({}, {listed("INBOX", '\0'), listed("abcd", '\0')}).delimiter == '\0');
  CHECK(name_space_of({}, {listed("INBOX", '\0'), listed("a", '\\')}).delimiter == '\\');
  CHECK(name_space_of({}, {listed("a", '.'), listed("b", '^'), listed("c", '^')}).delimiter == '^');
  CHECK(name_space_of({}, {listed("x.y", '.'), listed("z/t", '/')}).delimiter == '/');
}

TEST_CASE("name space: the prefix is guessed when all lies under INBOX") {
  struct Row {
    std::vector<std::string> names;
    char delimiter;
    const char* prefix;
  };
  const std::vector<Row> rows = {
      {{}, '/', ""},
      {{"INBOX"}, '/', ""},
      {{"INBOX", "INBOX/Junk", "zzz"}, '/', ""},
      {{"INBOX", "INBOX/Junk", "INBOX/rrr"}, '/', "INBOX/"},
      {{"Inbox", "Inbox.Junk"}, '.', "Inbox."},
      {{"INBOX", "INBOX.Junk"}, '.', "INBOX."},
      {{"INBOX.a", "INBOX.b"}, '.', "INBOX."},
      {{"INBOX", "INBOXES.b"}, '.', ""},
      {{"INBOX", "INBOX/b"}, '.', ""},
  };
  for (const Row& row : rows) {
    std::vector<ListedMailbox> mailboxes;
    for (const std::string& name : row.names) mailboxes.push_back(listed(name, row.delimiter));
    CHECK(name_space_of({}, mailboxes).prefix == row.prefix);
  }
  const std::vector<ListedMailbox> with_parent = {listed("INBOX.a", '.'),
                                                  listed("shared", '.', imap::proto::list_noselect)};
  CHECK(name_space_of({}, with_parent).prefix == "INBOX.");
}
