#include "cli/parse.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

using Words = std::vector<std::string>;

/// What a command line came to, as "host1=x dry nodelete1 folder=a folder=b".
std::string outcome(const ParsedOptions& options) {
  std::string text;
  for (const GivenOption& given : options.given()) {
    if (!text.empty()) text += ' ';
    if (given.option->takes_value()) {
      text += fmt::format("{}={}", given.option->name(), given.option->is_secret ? given.secret.reveal() : given.value);
    } else {
      text += fmt::format("{}{}", given.is_on ? "" : "no", given.option->name());
    }
  }
  return text;
}

std::string failure_of(Words argv) {
  const auto parsed = parse_arguments(std::move(argv));
  if (parsed) return "accepted: " + outcome(*parsed);
  CHECK(parsed.error().fault == core::Fault::usage);
  CHECK(parsed.error().server_text.empty());
  return parsed.error().message;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("parse: what Getopt::Long accepts, with the same outcome") {
  struct Case {
    Words argv;
    std::string_view expected;
  };
  const Case cases[] = {
      {{}, ""},
      {{"-host1", "x"}, "host1=x"},
      {{"--HOST1", "x"}, "host1=x"},
      {{"--host1=x"}, "host1=x"},
      {{"-host1=x"}, "host1=x"},
      {{"+host1", "x"}, "host1=x"},
      {{"--host1", ""}, "host1="},
      {{"--host1=a=b"}, "host1=a=b"},
      {{"--host1", "--"}, "host1=--"},
      {{"--host1", "-"}, "host1=-"},
      {{"--host1", "--host2"}, "host1=--host2"},
      {{"--host1=a\nb"}, "host1=a\nb"},
      {{"--dry"}, "dry"},
      {{"-dry"}, "dry"},
      {{"+dry"}, "dry"},
      {{"--nodry"}, "nodry"},
      {{"--no-dry"}, "nodry"},
      {{"--NO-Dry"}, "nodry"},
      {{"+nodry"}, "nodry"},
      {{"--dry", "--nodry"}, "dry nodry"},
      {{"--dry", "--"}, "dry"},
      {{"--folder", "a", "--folder", "b"}, "folder=a folder=b"},
      {{"--folder", "-a"}, "folder=-a"},
      {{"--folder=--dry"}, "folder=--dry"},
      {{"--folderf", "INBOX"}, "folderfirst=INBOX"},
      {{"--no-foldersizes"}, "nofoldersizes"},
      {{"--FolderSizes"}, "foldersizes"},
      {{"--timeout=1.5"}, "timeout=1.5"},
      {{"--flagsCase"}, "flagscase"},
      {{"--noexpunge"}, "noexpunge1"},
      {{"--noexclude"}, "noexclude"},
      {{"--nomod"}, "nomodulesversion"},
      {{"--ipv6"}, "inet6"},
      {{"--sslargs1", "k=v=w"}, "sslargs1=k=v=w"},
      {{"--sslargs1=k="}, "sslargs1=k="},
      {{"--password1", "-p"}, "password1=-p"},
      {{"--password1=--dry"}, "password1=--dry"},
      {{"--fast", "--relogin1", "3"}, "fast relogin1=3"},
  };
  for (const Case& test : cases) {
    const auto parsed = parse_arguments(test.argv);
    INFO("first argument ", test.argv.empty() ? "" : test.argv[0]);
    if (!parsed)
      FAIL_CHECK(parsed.error().message);
    else
      CHECK(outcome(*parsed) == test.expected);
  }
}

TEST_CASE("parse: what Getopt::Long refuses, with a reason") {
  struct Case {
    Words argv;
    std::string_view message;
  };
  const Case cases[] = {
      {{"--host1"}, "--host1 needs a value: HOST"},
      {{"--host1="}, "--host1 needs a value: HOST"},
      {{"--folder="}, "--folder needs a value: NAME"},
      {{"--port1", "--dry"},
       "--port1: expected a whole number, saw \"--dry\"\n"
       "note: --port1 took the word after it as its value, although that looks like the option --dry"},
      {{"--sslargs1", "k"}, "--sslargs1: expected key=value, saw \"k\""},
      {{"--sslargs1"}, "--sslargs1 needs a value: KEY=VALUE"},
      {{"--dry=1"}, "--dry takes no value (--nodry turns it off)"},
      {{"--dry="}, "--dry takes no value (--nodry turns it off)"},
      {{"--nodry=1"}, "--nodry takes no value (--nodry turns it off)"},
      {{"--help=1"}, "--help takes no value"},
      {{"--nohelp"}, "unknown option: --nohelp (--help cannot be turned off)"},
      {{"--nohost1"}, "unknown option: --nohost1 (--host1 cannot be turned off)"},
      {{"--no-host1"}, "unknown option: --no-host1 (--host1 cannot be turned off)"},
      {{"---dry"}, "unknown option: ---dry; did you mean --dry?"},
      {{"--no_dry"}, "unknown option: --no_dry; did you mean --no-dry or --nodry?"},
      {{"--nodr"}, "ambiguous option: --nodr may be --nodry, --nodry1"},
      {{"--expung"}, "ambiguous option: --expung may be --expunge, --expunge1, --expunge2, --expungeaftereach"},
      {{"--hos=x"}, "ambiguous option: --hos may be --host1, --host2"},
      {{"--host", "x"}, "ambiguous option: --host may be --host1, --host2"},
      {{"--nosuch"}, "unknown option: --nosuch"},
      {{"--hots1", "x"}, "unknown option: --hots1; did you mean --host1?"},
      {{"--host1 x"},
       "unknown option: --host1... (the option and its value are one word here: leave out the quotes around them)"},
      {{"--host1:x"}, "unknown option: --host1...; did you mean --host1?"},
      {{"-"}, "unexpected word: \"-\""},
      {{"a", "--dry", "b"}, "unexpected word: \"a\"\nunexpected word: \"b\""},
      {{"--", "--dry"}, "unexpected word: \"--dry\""},
      {{"--host1", "--host2", "y"},
       "unexpected word: \"y\"\nnote: --host1 took the word after it as its value, although that looks like the option "
       "--host2"},
  };
  for (const Case& test : cases) {
    const std::string message = failure_of(test.argv);
    CHECK(message == test.message);
  }
}

TEST_CASE("parse: everything that is wrong is said at once") {
  const std::string message = failure_of({"--port1", "x", "--nosuch", "--testslive", "--host1"});
  CHECK(message == "--port1: expected a whole number, saw \"x\"\n"
                   "unknown option: --nosuch\n"
                   "--host1 needs a value: HOST\n"
                   "--testslive is an imapsync option that imapferry does not have: " +
                       std::string(find_option("testslive")->reason));
}

TEST_CASE("parse: --delete 2 is taken for --delete2 written in two words") {
  CHECK(
      contains(failure_of({"--delete", "2"}), "unexpected word: \"2\"; did you mean --delete2 instead of --delete 2?"));
  CHECK(contains(failure_of({"--dry", "1"}), "did you mean --dry1 instead of --dry 1?"));
  CHECK_FALSE(contains(failure_of({"--dry", "2"}), "did you mean"));
  CHECK_FALSE(contains(failure_of({"--delete=2"}), "did you mean"));
}

TEST_CASE("parse: options that imapferry does not have are refused, each once, and say why") {
  const std::string message = failure_of({"--testslive", "--testslive"});
  CHECK(message == "--testslive is an imapsync option that imapferry does not have: " +
                       std::string(find_option("testslive")->reason));
}

TEST_CASE("parse: their opposites, and values that mean what is done anyway, are accepted") {
  for (const Words& argv : {Words{"--nodelete2"}, Words{"--syncinternaldates"}, Words{"--noautomap"},
                            Words{"--fetch_hash_set", "1:*"}, Words{"--usecache"}}) {
    CHECK_MESSAGE(parse_arguments(argv).has_value(), argv[0]);
  }
}

TEST_CASE("parse: --help and --version are answered although an option is missing") {
  CHECK(parse_arguments({"--delete2", "--help"}).has_value());
  CHECK(parse_arguments({"--version", "--maxage", "1"}).has_value());
  CHECK_FALSE(parse_arguments({"--nosuch", "--help"}).has_value());
}

TEST_CASE("parse: no part of a password is ever quoted") {
  const Words lines[] = {
      {"--password1", "hunter2", "hunter3"},
      {"--password1=hunter2", "hunter3"},
      {"--password1", "hunter2", "-hunter3"},
      {"--password", "hunter2"},
      {"--password", "-hunter2"},
      {"--password=hunter2"},
      {"--pass", "hunter2"},
      {"--pasword1", "hunter2"},
      {"--pasword1=hunter2"},
      {"--pwd1", "hunter2"},
      {"--pwd1", "-hunter2"},
      {"--password1:hunter2"},
      {"--password1 hunter2"},
      {"--password1", "--password2", "hunter2"},
      {"--password2", "--hos", "hunter2"},
      {"--oauthaccesstoken1", "hunter2", "hunter3"},
      {"--nopassword1", "hunter2"},
  };
  for (const Words& argv : lines) {
    const std::string message = failure_of(argv);
    CHECK_MESSAGE(!contains(message, "hunter"), message);
    CHECK_MESSAGE(!contains(message, "accepted"), message);
  }
}

TEST_CASE("parse: messages are safe to print and not endless") {
  const std::string message =
      failure_of({"\x1b[2J\xff", "--\x1b", std::string(100'000, 'w'), "--" + std::string(100'000, 'o')});
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.size() < 1000);
}

TEST_CASE("parsed options: the last one counts, but lists keep all") {
  const auto parsed =
      parse_arguments({"--host1", "a",           "--host1",    "b",           "--folder",   "x",        "--folder",
                       "y",       "--dry",       "--nodry",    "--timeout",   "1_0",        "--memory", "2M",
                       "--port1", "+143",        "--sslargs1", "k=1",         "--sslargs1", "j=",       "--sslargs1",
                       "k=a=b",   "--password1", "one",        "--password1", "two"});
  REQUIRE(parsed.has_value());
  CHECK(parsed->text("host1") == "b");
  CHECK(parsed->list("folder") == Words{"x", "y"});
  CHECK(parsed->flag("dry") == false);
  CHECK(parsed->number("timeout") == 10.0);
  CHECK(parsed->size("memory") == 2u << 20);
  CHECK(parsed->integer("port1") == 143);
  CHECK(parsed->secret("password1")->reveal() == "two");
  CHECK(parsed->text("password1") == "");
  const auto pairs = parsed->pairs("sslargs1");
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0] == std::pair<std::string, std::string>("k", "a=b"));
  CHECK(pairs[1] == std::pair<std::string, std::string>("j", ""));
  CHECK(parsed->has("host1"));
  CHECK_FALSE(parsed->has("host2"));
  CHECK(parsed->flag("id") == std::nullopt);
  CHECK(parsed->text("user1") == std::nullopt);
  CHECK(parsed->secret("password2") == std::nullopt);
  CHECK(parsed->list("include").empty());
  CHECK_THROWS_AS((void)parsed->has("hosts"), std::logic_error);
}

TEST_CASE("wipe: passwords and tokens are crossed out in place, whatever their spelling") {
  struct Case {
    Words before, after;
  };
  const Case cases[] = {
      {{"imapferry", "--password1", "secret", "--host1", "h"}, {"imapferry", "--password1", "xxxxxx", "--host1", "h"}},
      {{"imapferry", "--password2=secret"}, {"imapferry", "--password2=xxxxxx"}},
      {{"imapferry", "-PASSWORD1=a=b"}, {"imapferry", "-PASSWORD1=xxx"}},
      {{"imapferry", "+passw", "secret"}, {"imapferry", "+passw", "xxxxxx"}},
      {{"imapferry", "--pass=secret"}, {"imapferry", "--pass=xxxxxx"}},
      {{"imapferry", "--password1", "--password2", "--password2", "p"},
       {"imapferry", "--password1", "xxxxxxxxxxx", "--password2", "x"}},
      {{"imapferry", "--oauthaccesstoken1", "tok", "--oauthd=t"},
       {"imapferry", "--oauthaccesstoken1", "xxx", "--oauthd=x"}},
      {{"imapferry", "--user1", "--password1", "--dry"}, {"imapferry", "--user1", "--password1", "--dry"}},
      {{"imapferry", "--passfile1", "file"}, {"imapferry", "--passfile1", "file"}},
      {{"imapferry", "--", "--password1", "p"}, {"imapferry", "--", "--password1", "p"}},
      {{"imapferry", "--password1"}, {"imapferry", "--password1"}},
      {{"imapferry", "--password1="}, {"imapferry", "--password1="}},
      {{"imapferry", "--dry", "--password1", ""}, {"imapferry", "--dry", "--password1", ""}},
      {{"--password1", "p"}, {"--password1", "p"}},
  };
  for (const Case& test : cases) {
    Words words = test.before;
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    wipe_passwords_in_argv(static_cast<int>(words.size()), argv.data());
    CHECK(words == test.after);
  }
  wipe_passwords_in_argv(0, nullptr);
}

}  // namespace imapferry::cli
