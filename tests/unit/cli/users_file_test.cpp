#include "cli/users_file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace imapferry::cli {

namespace {

using namespace std::string_view_literals;

/// "user1/password1 user2/password2" of each account, one line each; or "line N: reason" for each bad line.
std::string outcome(std::string_view text, const ExpectedHosts& expected = {}) {
  const UsersFile users = parse_users(text, expected);
  std::string result;
  if (users.bad_line_count > 0) {
    for (const BadLine& bad : users.bad_lines) result += "line " + std::to_string(bad.line) + ": " + bad.reason + "\n";
    return result;
  }
  for (const config::AccountSpec& account : users.accounts) {
    result += account.source.user + "/" + std::string(account.source.password.reveal()) + " " +
              account.destination.user + "/" + std::string(account.destination.password.reveal()) + "\n";
  }
  return result;
}

}  // namespace

TEST_CASE("users file: lines that are accounts") {
  struct Case {
    std::string_view text, expected;
  };
  const Case cases[] = {
      {"a;p;b;q", "a/p b/q\n"},
      {"a;p;b;q\n", "a/p b/q\n"},
      {"a;p;b;q;\n", "a/p b/q\n"},
      {"a;p;b;q;;\n", "a/p b/q\n"},
      {"a;p;b;q\r\nc;r;d;s\r\n", "a/p b/q\nc/r d/s\n"},
      {"\xEF\xBB\xBF"
       "a;p;b;q\n",
       "a/p b/q\n"},
      {"# comment\n\n   \t\n  # another; one\na;p;b;q\n", "a/p b/q\n"},
      {"\xEF\xBB\xBF# comment\na;p;b;q\n", "a/p b/q\n"},
      {"  a ;\tp ; b ; q \t\n", "a/p b/q\n"},
      {"a;p p;b;q  q\n", "a/p p b/q  q\n"},
      {R"(a;p\;p;b;\\)", "a/p;p b/\\\n"},
      {R"(DOM\a;p\p;b;q\)", "DOM\\a/p\\p b/q\\\n"},
      {R"(a;p\\\;;b;q)", "a/p\\; b/q\n"},
      {R"("a";"p;p";"b";"q")", "a/p;p b/q\n"},
      {R"(a;"p""p";b;"""")", "a/p\"p b/\"\n"},
      {R"(a; " p " ;b;"q\;")", "a/ p  b/q\\;\n"},
      {R"("#a";p;b;q)", "#a/p b/q\n"},
      {R"(a;p"p;b;q")", "a/p\"p b/q\"\n"},
      {"\xC3\xA9;\xE2\x82\xAC;\xF0\x9F\x98\x80;\xED\x9F\xBF\n",
       "\xC3\xA9/\xE2\x82\xAC \xF0\x9F\x98\x80/\xED\x9F\xBF\n"},
      {"a;p;b;q\na;p;c;q\nb;p;b;q\nA;p;b;q\n", "a/p b/q\na/p c/q\nb/p b/q\nA/p b/q\n"},
      {"h1;a;p;h2;b;q\n", "a/p b/q\n"},
      {"h1;a;p;h2;b;q;\n", "a/p b/q\n"},
      {"h1;a;p;h2;b;q;;\n", "a/p b/q\n"},
      {"h1;a;p;h2;b;q\nc;r;d;s\nH1;e;t;h2/;f;u\n", "a/p b/q\nc/r d/s\ne/t f/u\n"},
  };
  for (const Case& test : cases) CHECK(outcome(test.text) == test.expected);
}

TEST_CASE("users file: accounts know their line and name, and hosts are cleaned") {
  const UsersFile users = parse_users("# x\n\nimap.old/;a;p;imap.new;a;q\n h ;c;r;k;d;s\n"sv.substr(0, 32));
  REQUIRE(users.bad_line_count == 0);
  REQUIRE(users.accounts.size() == 1);
  CHECK(users.accounts[0].line == 3);
  CHECK(users.accounts[0].name == "a");
  CHECK(users.host1 == "imap.old");
  CHECK(users.host2 == "imap.new");
  CHECK(parse_users("a;p;b;q").accounts[0].name == "a -> b");
  CHECK(parse_users("a;p;b;q").host1.empty());
}

TEST_CASE("users file: lines that are not") {
  struct Case {
    std::string_view text, expected;
  };
  const std::string_view four_fields =
      "line 1: expected 4 fields, user1;password1;user2;password2, or 6 with the hosts before each user, saw ";
  const Case cases[] = {
      {"", "line 0: the file names no account\n"},
      {"# only a comment\n", "line 0: the file names no account\n"},
      {"a", "1"},
      {"a;p", "2"},
      {"a;p;b", "3"},
      {"a;p;b;q;x",
       "line 1: expected 4 fields, user1;password1;user2;password2, saw 5 (write \\; for a ';' within a password)\n"},
      {"h1;a;p;h2;b;q;--dry", "line 1: more options at the end of a line are not supported\n"},
      {"h1;a;p;h2;b;q;--dry;", "line 1: more options at the end of a line are not supported\n"},
      {"h1;a;p;h2;b;q;;x", "line 1: more options at the end of a line are not supported\n"},
      {"1;2;3;4;5;6;7;8;9", "9"},
      {";p;b;q", "line 1: user1 is empty\n"},
      {"a;;b;q", "line 1: password1 is empty\n"},
      {"a;p; ;q", "line 1: user2 is empty\n"},
      {"a;p;b;", "line 1: password2 is empty\n"},
      {"a;p;b;\"\"", "line 1: password2 is empty\n"},
      {";a;p;h2;b;q", "line 1: host1 is empty\n"},
      {"h1;a;p;/;b;q", "line 1: host2 is empty\n"},
      {"a;\"p;b;q", "line 1: a double quote is opened and never closed\n"},
      {"a;p;b;\"q\"\"", "line 1: a double quote is opened and never closed\n"},
      {"a;\"p\nx\";b;q", "line 1: a double quote is opened and never closed\nline 2: expected 4 fields, "
                         "user1;password1;user2;password2, or 6 with "
                         "the hosts before each user, saw 3\n"},
      {"a;\"p\"x;b;q", "line 1: expected ';' after a closing double quote (a quote within quotes is written twice)\n"},
      {"a;p\0;b;q"sv, "line 1: the line holds a NUL byte\n"},
      {"# \0"sv, "line 1: the line holds a NUL byte\n"},
      {"a;p\x1b;b;q", "line 1: the line holds a control character\n"},
      {"a;p;b;q\rc;r;d;s\r", "line 1: the line holds a control character\n"},
      {"a;\xFF;b;q", "line 1: the line is not valid UTF-8\n"},
      {"a;\xC0\x80;b;q", "line 1: the line is not valid UTF-8\n"},
      {"a;\xE0\x80\x80;b;q", "line 1: the line is not valid UTF-8\n"},
      {"a;\xED\xA0\x80;b;q", "line 1: the line is not valid UTF-8\n"},
      {"a;\xF4\x90\x80\x80;b;q", "line 1: the line is not valid UTF-8\n"},
      {"a;p;b;q\xE2\x82", "line 1: the line is not valid UTF-8\n"},
      {"\xFF\xFE"
       "a\0;\0"sv,
       "line 0: the file is in UTF-16; it has to be saved as UTF-8\n"},
      {"a;p;b;q\n\na;r;b;s", "line 3: the same user1 and user2 as in line 1\n"},
      {"h1;a;p;h2;b;q\nh3;c;r;h2;d;s\n",
       "line 2: host1 is not that of the lines before; a run has one pair of servers\n"},
      {"h1;a;p;h2;b;q\nh1;c;r;h3;d;s\n",
       "line 2: host2 is not that of the lines before; a run has one pair of servers\n"},
  };
  for (const Case& test : cases) {
    const bool is_count = test.expected.size() == 1;
    CHECK(outcome(test.text) ==
          (is_count ? std::string(four_fields) + std::string(test.expected) + "\n" : std::string(test.expected)));
  }
}

TEST_CASE("users file: hosts must be those of the command line") {
  const ExpectedHosts expected{"Imap.Old", "new"};
  CHECK(outcome("imap.old;a;p;NEW;b;q", expected) == "a/p b/q\n");
  CHECK(outcome("a;p;b;q", expected) == "a/p b/q\n");
  CHECK(outcome("other;a;p;new;b;q", expected) == "line 1: host1 is not the host of --host1\n");
  CHECK(outcome("imap.old;a;p;old;b;q", expected) == "line 1: host2 is not the host of --host2\n");
}

TEST_CASE("users file: long lines are refused, the longest allowed one is read") {
  const std::string most(max_users_line - 6, 'p');
  CHECK(outcome("a;" + most + ";b;q") == "a/" + most + " b/q\n");
  CHECK(outcome("a;" + most + ";b;qq") == "line 1: the line is longer than 65536 bytes\n");
}

TEST_CASE("users file: all bad lines are named, up to a limit, and without any of their text") {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "hunter2\nhunter;hunter;hunter;hunter;hunter\n\"hunter\n\"hunter\"hunter\n";
  text += "hunter;hunter;hunter;hunter\nhunter;hunter;hunter;hunter\nhunter;hunter;hunter;hunter;hunter;hunter\n";
  const UsersFile users = parse_users(text, ExpectedHosts{"h", "h"});
  CHECK(users.bad_lines.size() == max_bad_lines);
  CHECK(users.bad_line_count == 122);
  const core::Failure failure = describe_bad_lines(users, "accounts\x1b.txt");
  CHECK(failure.fault == core::Fault::input);
  CHECK(failure.message.find("hunter") == std::string::npos);
  CHECK(failure.message.find('\x1b') == std::string::npos);
  CHECK(failure.message.find("122 bad lines, nothing was started\n  line 1: ") != std::string::npos);
  CHECK(failure.message.ends_with("\n  and 102 more"));
  CHECK(describe_bad_lines(parse_users("x"), "f").message ==
        "users file f: 1 bad line, nothing was started\n  line 1: expected 4 fields, user1;password1;user2;password2, "
        "or 6 with the hosts before "
        "each user, saw 1");
  CHECK(describe_bad_lines(parse_users(""), "f").message == "users file f: the file names no account");
}

}  // namespace imapferry::cli
