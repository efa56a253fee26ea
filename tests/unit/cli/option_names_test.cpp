#include "cli/option_names.hpp"
#include "cli/words.hpp"

#include <doctest/doctest.h>

#include <string>

namespace imapferry::cli {

TEST_CASE("option names: exact names, other spellings, negations and abbreviations, in any case") {
  struct Case {
    std::string_view given, name;
    bool is_on;
  };
  // As Getopt::Long resolves them with imapsync's table.
  const Case cases[] = {
      {"host1", "host1", true},
      {"HOST1", "host1", true},
      {"FolderSizes", "foldersizes", true},
      {"flagsCase", "flagscase", true},
      {"ssl1_SSL_version", "ssl1_ssl_version", true},
      {"delete", "delete1", true},
      {"ipv6", "inet6", true},
      {"subscribe_", "subscribeall", true},
      {"folderf", "folderfirst", true},
      {"folderr", "folderrec", true},
      {"delete2folderso", "delete2foldersonly", true},
      {"module", "modulesversion", true},
      {"nomodule", "modulesversion", false},
      {"no-module", "modulesversion", false},
      {"nodry", "dry", false},
      {"NO-Dry", "dry", false},
      {"noexpunge", "expunge1", false},
      {"noexclude", "noexclude", true},
      {"noexcl", "noexclude", true},
      {"testsd", "testsdebug", true},
      {"tests_", "testsdebug", true},
      {"tests", "tests", true},
      {"nosubscribed", "subscribed", false},
      {"folder", "folder", true},
      {"usersf", "usersfile", true},
      {"l", "", true},
  };
  for (const Case& test : cases) {
    const NameMatch match = match_name(test.given);
    INFO("given ", std::string(test.given));
    if (test.name.empty()) {
      CHECK(match.option == nullptr);
      continue;
    }
    REQUIRE(match.option != nullptr);
    CHECK(match.option->name() == test.name);
    CHECK(match.is_on == test.is_on);
  }
}

TEST_CASE("option names: several options with one beginning are named, in order") {
  CHECK(joined(match_name("folderf").candidates).empty());
  CHECK(joined(match_name("inet").candidates) == "inet4, inet6");
  CHECK(joined(match_name("expung").candidates) == "expunge, expunge1, expunge2, expungeaftereach");
  CHECK(joined(match_name("noexc").candidates) == "noexchange1, noexchange2, noexclude");
  CHECK(joined(match_name("nodr").candidates) == "nodry, nodry1");
  CHECK(joined(match_name("Fast").candidates).empty());  // an option of imapsync 1.592 by its whole name
  CHECK(joined(match_name("fas").candidates) == "fast, fastio1, fastio2");
  CHECK(match_name("del").option == nullptr);
  CHECK(match_name("delete2folder").option == nullptr);
}

TEST_CASE("option names: what is in nobody's table matches nothing") {
  for (const std::string_view name :
       {"", "-dry", "no", "nohost1x", "nohost1", "nohelp", "dry-", "no_dry", "nonodry", "host1 x", "host1\n"}) {
    const NameMatch match = match_name(name);
    CHECK_MESSAGE(match.option == nullptr, std::string(name));
    if (name != "no") CHECK_MESSAGE(match.candidates.empty(), std::string(name));
  }
}

TEST_CASE("option names: ours never make an abbreviation of imapsync's ambiguous") {
  CHECK(match_name("mem").option->name() == "memorystress");
  CHECK(match_name("memory").option->name() == "memory");
  CHECK(match_name("buff").option->name() == "buffersize");
  CHECK(match_name("b").option->name() == "buffersize");
  CHECK(match_name("rel").option->name() == "releasecheck");
  CHECK(match_name("batchb").option->name() == "batchbytes");
  CHECK(match_name("lan").option->name() == "lanes");
  CHECK(joined(match_name("maxconn").candidates) == "maxconnections1, maxconnections2");
}

TEST_CASE("option names: an ambiguous beginning of a secret option is known as one") {
  CHECK(match_name("password").may_be_secret);
  CHECK(match_name("pass").may_be_secret);
  CHECK(match_name("oauth").may_be_secret);
  CHECK_FALSE(match_name("passf").may_be_secret);
  CHECK_FALSE(match_name("host").may_be_secret);
}

TEST_CASE("option names: near misses are recognised") {
  CHECK(joined(similar_names("hots1")) == "host1");
  CHECK(joined(similar_names("pasword2")) == "password2");
  CHECK(joined(similar_names("FOLDERSSIZES")) == "foldersizes");
  CHECK(joined(similar_names("nofoldersize")) == "nofoldersizes");
  CHECK(joined(similar_names("drry")) == "dry");
  CHECK(similar_names("completely-else").empty());
  CHECK(similar_names("").empty());
  CHECK(similar_names(std::string(100'000, 'a')).empty());
  CHECK(similar_names("host").size() <= 3);
}

TEST_CASE("option names: the shape of an argument") {
  using Shape = Argument::Shape;
  struct Case {
    std::string_view argument;
    Shape shape;
    std::string_view name;
    bool has_value;
    std::string_view value;
  };
  const Case cases[] = {
      {"", Shape::word, "", false, ""},
      {"-", Shape::word, "", false, ""},
      {"+", Shape::word, "", false, ""},
      {"--", Shape::end_of_options, "", false, ""},
      {"a", Shape::word, "", false, ""},
      {"a=b", Shape::word, "", false, ""},
      {"-x", Shape::option, "x", false, ""},
      {"--x", Shape::option, "x", false, ""},
      {"+x", Shape::option, "x", false, ""},
      {"---x", Shape::option, "-x", false, ""},
      {"++x", Shape::option, "+x", false, ""},
      {"--x=v", Shape::option, "x", true, "v"},
      {"-x=v=w", Shape::option, "x", true, "v=w"},
      {"--x=", Shape::option, "x", true, ""},
      {"--=x", Shape::option, "=x", false, ""},
      {"--==x", Shape::option, "=", true, "x"},
  };
  for (const Case& test : cases) {
    const Argument argument = read_argument(test.argument);
    INFO("argument ", std::string(test.argument));
    CHECK(argument.shape == test.shape);
    CHECK(argument.name == test.name);
    CHECK(argument.has_value == test.has_value);
    if (test.has_value) CHECK(test.argument.substr(argument.value_offset) == test.value);
  }
}

TEST_CASE("words: edit distance") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("abc", "acb") == 1);
  CHECK(edit_distance("abc", "abd") == 1);
  CHECK(edit_distance("abc", "xabc") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("words: hosts lose blanks and slashes") {
  CHECK(clean_host("") == "");
  CHECK(clean_host("imap.exa/mple.org/") == "imap.example.org");
  CHECK(clean_host("imap.exam  ple.org") == "imap.example.org");
  CHECK(clean_host("\t::1\r\n") == "::1");
}

}  // namespace imapferry::cli
