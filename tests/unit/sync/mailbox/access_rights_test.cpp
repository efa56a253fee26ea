#include "sync/mailbox/access_rights.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;
using imap::proto::Capabilities;

namespace {

using Lines = std::vector<std::string>;

const RightsDialect old_letters;
const RightsDialect new_letters{true, "texk"};

Lines changes(const AccessList& source, const AccessList& destination, const RightsDialect& dialect = new_letters) {
  Lines lines;
  for (const auto& entry : changes_of_rights(source, destination, "me@old.org", "me2", dialect)) {
    lines.push_back(entry.identifier + " " + entry.rights);
  }
  return lines;
}

}  // namespace

TEST_CASE("rights: which letters a server knows") {
  CHECK_FALSE(rights_dialect_of(Capabilities::parse("IMAP4rev1 ACL")).is_new);
  const RightsDialect cyrus = rights_dialect_of(Capabilities::parse("IMAP4rev1 ACL RIGHTS=kxten"));
  CHECK(cyrus.is_new);
  CHECK(cyrus.more == "kxten");
}

TEST_CASE("rights: RFC 2086's letters and RFC 4314's") {
  struct Row {
    const char* rights;
    const RightsDialect& to;
    const char* expected;
  };
  const RightsDialect cyrus{true, "kxten"};
  const std::vector<Row> rows = {
      {"lrswipcda", new_letters, "lrswipkxtea"},
      {"lrswipkxtea", old_letters, "lrswipcda"},
      {"lrswipkxtecda", new_letters, "lrswipkxtea"},
      {"lrswipkxtecda", old_letters, "lrswipcda"},
      {"lrd", new_letters, "lrte"},
      {"lrc", new_letters, "lrkx"},
      {"lrt", old_letters, "lrd"},
      {"lrk", old_letters, "lrc"},
      // The old letters say the same as the new ones beside them, not more.
      {"lrtd", new_letters, "lrt"},
      {"arl", new_letters, "lra"},
      {"lrn5", cyrus, "lrn"},
      {"lrn5", new_letters, "lr"},
      {"", new_letters, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rights);
    CHECK(translate_rights(row.rights, row.to) == row.expected);
  }
}

TEST_CASE("rights: what differs is changed, what only the destination grants is taken back") {
  CHECK(changes({{"bob", "lr"}, {"anyone", "l"}}, {{"bob", "lrs"}, {"anyone", "l"}, {"eve", "lr"}}) ==
        Lines{"bob lr", "eve "});
  CHECK(changes({{"bob", "lrd"}}, {{"bob", "elrt"}}).empty());
  CHECK(changes({{"bob", "d"}}, {}, old_letters) == Lines{"bob d"});
  CHECK(changes({{"-bob", "w"}}, {}) == Lines{"-bob w"});
  CHECK(changes({}, {}).empty());
}

TEST_CASE("rights: the logins of the account, and the server's own entries, are left alone") {
  CHECK(changes({{"me@old.org", "lr"}, {"me", "lr"}, {"owner", "lr"}, {"#global", "lr"}}, {}).empty());
  CHECK(changes({{"me2@new.org", "l"}}, {{"me2", "lrswipkxtea"}, {"me2@new.org", "lr"}, {"owner", "a"}}).empty());
  CHECK(changes({{"you@old.org", "lr"}}, {}) == Lines{"you@old.org lr"});
}
