#include "../data.hpp"
#include "cli/presets.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

ParsedOptions flags(const std::vector<std::string>& names) {
  ParsedOptions options;
  for (const std::string& name : names) {
    GivenOption given;
    given.option = find_option(name.substr(2));
    REQUIRE(given.option != nullptr);
    options.add(given);
  }
  return options;
}

void give(ParsedOptions& options, std::string_view name, std::string value, bool is_on = true) {
  GivenOption given;
  given.option = find_option(name);
  given.value = std::move(value);
  given.is_on = is_on;
  options.add(given);
}

/// What the presets have added: the values of each option.
std::map<std::string, std::vector<std::string>> added(const ParsedOptions& options) {
  std::map<std::string, std::vector<std::string>> result;
  for (const GivenOption& given : options.given()) {
    if (given.preset.empty()) continue;
    const bool is_flag = given.option->kind == Kind::flag;
    result[std::string(given.option->name())].push_back(is_flag ? (given.is_on ? "1" : "0") : given.value);
  }
  return result;
}

}  // namespace

TEST_CASE("presets: each stands for what imapsync's does") {
  const nlohmann::json cases = testing::read_data("imapsync/presets.json");
  REQUIRE(cases.size() >= 7);
  for (const auto& one : cases) {
    std::map<std::string, std::vector<std::string>> expected;
    for (const auto& [name, value] : one["stands_for"].items()) {
      if (value.is_array()) {
        expected[name] = value.get<std::vector<std::string>>();
      } else {
        expected[name] = {value.get<std::string>()};
      }
    }
    CAPTURE(one["flags"].dump());
    const ParsedOptions options = with_presets(flags(one["flags"].get<std::vector<std::string>>()));
    CHECK(added(options) == expected);
  }
}

TEST_CASE("presets: values have the form of their options") {
  for (const char* name :
       {"--gmail1", "--gmail2", "--office1", "--office2", "--exchange1", "--exchange2", "--domino1", "--domino2"}) {
    const ParsedOptions options = with_presets(flags({name}));
    for (const GivenOption& given : options.given()) {
      if (given.option->kind == Kind::integer) CHECK(options.integer(given.option->name()).has_value());
      if (given.option->kind == Kind::number) CHECK(options.number(given.option->name()).has_value());
    }
  }
}

TEST_CASE("presets: what was given counts, and lists are put behind") {
  ParsedOptions given = flags({"--gmail1"});
  give(given, "host1", "imap.example.org");
  give(given, "automap", {}, false);
  give(given, "maxbytespersecond", "5");
  give(given, "regextrans2", "s/a/b/");
  give(given, "useheader", "Message-Id");
  const ParsedOptions options = with_presets(given);
  CHECK(options.text("host1") == "imap.example.org");
  CHECK(options.flag("automap") == false);
  CHECK(options.integer("maxbytespersecond") == 5);
  CHECK(options.list("regextrans2") == std::vector<std::string>{"s/a/b/", "s,\\[Gmail\\].,,"});
  CHECK(options.list("useheader") == std::vector<std::string>{"Message-Id", "X-Gmail-Received"});
  CHECK(options.integer("maxbytesafter") == 3'000'000'000);
}

TEST_CASE("presets: what keeps a list away") {
  for (const auto& [preset, list, opponent] :
       {std::tuple("office1", "exclude", "noexclude"), std::tuple("gmail2", "exclude", "noexclude"),
        std::tuple("office2", "regexmess", "noregexmess"), std::tuple("exchange2", "regexflag", "noregexflag"),
        std::tuple("office2", "f1f2", "nof1f2")}) {
    const std::string name(preset);
    CAPTURE(name);
    ParsedOptions given = flags({"--" + name});
    CHECK(with_presets(given).has(list));
    give(given, opponent, {});
    CHECK_FALSE(with_presets(given).has(list));
  }
}

TEST_CASE("presets: STARTTLS that was asked for is not contradicted; a flag that is off stands for nothing") {
  ParsedOptions given = flags({"--office1", "--tls1"});
  CHECK_FALSE(with_presets(given).has("ssl1"));
  give(given, "office1", {}, false);
  CHECK(added(with_presets(given)).empty());
}

TEST_CASE("presets: a line each says what they have come to") {
  CHECK(preset_lines(with_presets(flags({"--dry"}))).empty());
  CHECK(preset_lines(with_presets(flags({"--office1", "--exchange1", "--domino1"}))) ==
        std::vector<std::string>{
            "--office1 stands for --host1 outlook.office365.com --ssl1 --exclude '^Files$'",
            "--exchange1 stands for nothing more",
            "--domino1 stands for --sep1 '\\' --prefix1 '' --messageidnodomain",
        });
  const auto both = preset_lines(with_presets(flags({"--gmail2", "--gmail1"})));
  REQUIRE(both.size() == 1);
  CHECK(both[0].starts_with("--gmail1 --gmail2 stands for --host1 imap.gmail.com --host2 imap.gmail.com --ssl1"));
  CHECK(both[0].find(" --noskipcrossduplicates ") != std::string::npos);
  CHECK(preset_lines(with_presets(flags({"--gmail2"})))[0].find("not for --expunge1") != std::string::npos);
}

}  // namespace imapferry::cli
