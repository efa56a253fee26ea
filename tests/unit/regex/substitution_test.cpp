#include "regex/substitution.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imapferry;
using regex::Substitution;

namespace {

struct Row {
  const char* expression;
  std::string text, expected;
};

void check(const std::vector<Row>& rows) {
  const regex::Variables variables = {{"h2_prefix", "IN."}, {"h2_sep", "."}};
  for (const Row& row : rows) {
    CAPTURE(row.expression);
    CAPTURE(row.text);
    const core::Result<Substitution> parsed = Substitution::parse(row.expression, variables);
    REQUIRE(parsed.has_value());
    const core::Result<std::string> result = parsed->apply(row.text);
    REQUIRE(result.has_value());
    CHECK(*result == row.expected);
    std::string changed = row.text;
    CHECK(*parsed->change(changed) == (row.text != row.expected));
    CHECK(changed == row.expected);
  }
}

std::string refusal_of(const char* expression) {
  const core::Result<Substitution> parsed = Substitution::parse(expression, {{"h2_sep", "."}});
  if (!parsed) CHECK(parsed.error().fault == core::Fault::usage);
  return parsed ? "" : parsed.error().message;
}

}  // namespace

TEST_CASE("substitution: delimiters") {
  check({{"s/b/x/", "abc", "axc"},
         {"s,b,x,", "abc", "axc"},
         {"s#b#x#", "abc", "axc"},
         {"s{b}{x}", "abc", "axc"},
         {"s {b} {x}", "abc", "axc"},
         {"s{b}/x/", "abc", "axc"},
         {"s(b)<x>", "abc", "axc"},
         {"s{b} # why\n{x}", "abc", "axc"},
         {"s xbxyx", "abc", "ayc"},
         {"s{a{2}}{{x}}", "aa", "{x}"},
         {"s{a\\{2\\}}{\\}}", "a{2}", "}"},
         {"s,X,\\,,", "aXb", "a,b"},
         {"s/\\//\\\\/", "a/b", "a\\b"},
         {"s|a\\|b|X|g", "ab", "XX"},
         {"s.a\\.b.X.g", "a.b axb", "X X"},
         {"s'b'$1\\n\\\\x'", "abc", "a$1\\n\\xc"}});
}

TEST_CASE("substitution: modifiers") {
  check({{"s/B/x/i", "abb", "axb"},
         {"s/b/x/g", "abb", "axx"},
         {"s/^/>/gm", "a\nb\n", ">a\n>b\n"},
         {"s/a.b/x/s", "a\nb", "x"},
         {"s/a.b/x/", "a\nb", "a\nb"},
         {"s/ a b # both\n/x/x", "ab", "x"},
         {"s/[a b]/x/xxg", "a b", "x x"},
         {"s/(a)/$1$1/n", "a", ""},
         {"s/b/x/r", "abc", "abc"},
         {"s/b/x/o", "abc", "axc"}});
}

TEST_CASE("substitution: empty matches, as Perl counts them") {
  check({{"s/a*/-/g", "abc", "--b-c-"},
         {"s/x*/-/g", "abc", "-a-b-c-"},
         {"s/a*?/-/g", "aaa", "-------"},
         {"s/a\\K/x/g", "aaa", "axaxax"},
         {"s/\\b/|/g", "ab cd", "|ab| |cd|"},
         {"s/c$/x/", "abc\n", "abx\n"},
         {"s/\\s*$/!/g", "a\n", "a!!"},
         {"s/$/!/", "", "!"}});
}

TEST_CASE("substitution: the replacement's groups and escapes") {
  check({{"s/(b)/<$1>/", "abc", "a<b>c"},
         {"s/(b)/<\\1>/", "abc", "a<b>c"},
         {"s/(a)(b)/${2}0${ 1 }/", "ab", "b0a"},
         {"s/(a)/$10/", "ab", "b"},
         {"s/(a)|(b)/<$2>/", "a", "<>"},
         {"s/b/$&$&/", "abc", "abbc"},
         {"s/b/<$`|$'>/", "abc", "a<a|c>c"},
         {"s/(?<n>b)/<$+{n}>/", "abc", "a<b>c"},
         {"s/b/\\x{41}\\x41\\101\\t\\e\\cA\\N{U+41}\\o{101}\\0/", "b",
          std::string("AAA\t\x1B\x01"
                      "AA\0",
                      9)},
         {"s/b/\\r\\n\\$\\@\\\\\\q/", "b", "\r\n$@\\q"},
         {"s/b/me@example.org/", "b", "me@example.org"},
         {"s/b/\\x{e9}\\x{263a}/", "b", "\xE9\xE2\x98\xBA"}});
}

TEST_CASE("substitution: upper, lower and quoted") {
  check({{"s/(\\w+) (\\w+)/\\u$1 \\U$2x\\E-$1/", "foo bar", "Foo BARX-foo"},
         {"s/(.*)/\\u\\L$1\\E./", "FOO", "Foo."},
         {"s/(.*)/\\L\\u$1/", "FOO", "Foo"},
         {"s/(.*)/\\Ua\\Lb$1\\Ec/", "XX", "Abxxc"},
         {"s/(.*)/\\l$1/", "FOO", "fOO"},
         {"s/.*/\\Q$&/", "a.b", "a\\.b"},
         {"s/(.*)/\\U$1/", "a\xE9z", "A\xE9Z"},
         {"s/\\UA\\Eb/x/", "Ab", "x"},
         {"s/\\Qa.c\\E/x/", "abc a.c", "abc x"}});
}

TEST_CASE("substitution: variables are text in the replacement and a pattern in the pattern") {
  check({{"s,^${h2_prefix},<${h2_prefix}>,", "INbx", "<IN.>x"},
         {"s,^\\Q${h2_prefix}\\E,,", "INbx IN.", "INbx IN."},
         {"s,^\\Q$mysync->{ h2_prefix }\\E(.*),$mysync->{ h2_prefix }OLD$mysync->{h2_sep}$1,", "IN.x", "IN.OLD.x"},
         {"s,^$sync->{'h2_prefix'},$sync->{\"h2_sep\"},", "IN.x", ".x"},
         {"s,^$h2_prefix,$h2_sep,", "IN.x", ".x"},
         {"s/a$|b/x/g", "a$|b", "a$|x"},
         {"s/(a$)/x/", "ab", "ab"}});
}

TEST_CASE("substitution: several statements, one after the other") {
  check({{"s/a/b/; s/b/c/;tr/c/d/ ;", "a", "d"}, {"s{a}{b} ; y/b/c/", "aa", "ca"}});
}

TEST_CASE("substitution: the little code that is understood") {
  check({{"s/(b)?c/defined($1)?$1:q()/e", "abc", "ab"},
         {"s/(z)?c/defined $1 ? 1 : \"no\"/e", "abc", "abno"},
         {"s/(b)/uc($1).\"x\\n\".q{y}/e", "abc", "aBx\nyc"},
         {"s/(b)/ucfirst(lc('XY'.$1)) . ($& ? 7 : 8)/e", "abc", "aXyb7c"}});
  CHECK(refusal_of("s/b/system(1)/e").find("there is no Perl here") != std::string::npos);
  CHECK(refusal_of("s/(b)/$1+1/e").find("there is no Perl here") != std::string::npos);
  CHECK(refusal_of("s/b/`id`/e").find("there is no Perl here") != std::string::npos);
  CHECK(refusal_of("s/b/1/ee").find("made by code") != std::string::npos);
}

TEST_CASE("substitution: what is wrong is told, and where") {
  CHECK(refusal_of("s/a/b") == "the expression \"s/a/b\" is wrong at byte 3: the \"/\" here has no \"/\" that ends it");
  CHECK(refusal_of("I am BAD") == "the expression \"I am BAD\" is wrong at byte 0: an operator of Perl is expected "
                                  "here: s/a/b/, tr/a/b/ or m/a/");
  CHECK(refusal_of("s/(/x/") == "the expression \"s/(/x/\": the regular expression \"(\" does not compile, at byte 1: "
                                "missing closing parenthesis");
  CHECK(refusal_of("s/a/b/z").find("at byte 6: the modifier \"z\"") != std::string::npos);
  CHECK(refusal_of("s/a/$x/").find("at byte 4: no variable is called x: there are ${h2_sep}") != std::string::npos);
  for (const char* expression : {"",
                                 "  ",
                                 ";",
                                 "s",
                                 "s/",
                                 "s/a",
                                 "s/a/b/ s/c/d/",
                                 "s/a/b/x y",
                                 "sxaxbx",
                                 "s\\a\\b\\",
                                 "/a/",
                                 "s/a/$/",
                                 "s/a/$ /",
                                 "s/$1/x/",
                                 "s/a/$mysync/",
                                 "s/a/$mysync->{}/",
                                 "s/a/${x/",
                                 "s/${\\$x}/y/",
                                 "s/a/$+{n}/",
                                 "s/a/\\x{110000}/",
                                 "s/a(?{1})/x/",
                                 "s/a/b/u"}) {
    CAPTURE(expression);
    CHECK(!refusal_of(expression).empty());
  }
}

TEST_CASE("substitution: what grows beyond all bounds is given up") {
  std::string text(1000, 'a');
  const core::Result<bool> done = Substitution::parse("s/a/$`$'/g")->change(text, 100'000);
  REQUIRE(done.has_error());
  CHECK(done.error().message.find("too large") != std::string::npos);
  CHECK(text == std::string(1000, 'a'));
  const core::Result<std::string> endless = Substitution::parse("s/^(a|aa)+$/x/")->apply(std::string(5000, 'a') + "!");
  CHECK((endless.has_error() || *endless == std::string(5000, 'a') + "!"));
}

TEST_CASE("substitution: deep nesting is refused, not run into") {
  std::string expression = "s/a/";
  for (int i = 0; i < 10'000; ++i) expression += "\\Q";
  CHECK(Substitution::parse(expression + "x/").has_error());
  expression = "s/a/";
  for (int i = 0; i < 10'000; ++i) expression += "\\u\\Q";
  CHECK(Substitution::parse(expression + "x/").has_error());
  expression = "s/a/";
  for (int i = 0; i < 10'000; ++i) expression += "(";
  CHECK(Substitution::parse(expression + "/e").has_error());
}
