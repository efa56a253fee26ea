#include "../data.hpp"
#include "mailbox_names.hpp"
#include "sync/mailbox/automap.hpp"
#include "sync/mailbox/name_mapping.hpp"
#include "sync/mailbox/special_use.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace imapferry;
using namespace imapferry::sync;
using nlohmann::json;

namespace {

const json& facts() {
  static const json data = testing::read_data("imapsync/folder_names.json");
  return data;
}

char delimiter(const json& row, const char* key) { return row.at(key).get<std::string>().at(0); }

NameSpace name_space(const json& row, const char* prefix, const char* separator) {
  return {as_utf8(row.at(prefix).get<std::string>()), delimiter(row, separator)};
}

void add_special(SideNames& side, const std::string& wire) {
  side.mailboxes.push_back(listed(wire, side.name_space.delimiter));
  side.mailboxes.back().special_use = "\\Sent";
}

SideNames side_of(const json& names, const json& special, const std::string& prefix) {
  SideNames side;
  side.name_space = {prefix, '/'};
  for (const auto& name : names) side.mailboxes.push_back(listed(name.get<std::string>(), '/'));
  for (const auto& [use, name] : special.items()) {
    for (ListedMailbox& mailbox : side.mailboxes) {
      if (mailbox.wire == name.get<std::string>()) mailbox.special_use = use;
    }
  }
  return side;
}

}  // namespace

TEST_CASE("imapsync's names: the separator where there is no NAMESPACE") {
  CHECK(facts().at("guessed_separator").size() > 5);
  for (const json& row : facts().at("guessed_separator")) {
    CAPTURE(row.dump());
    const auto first = [](const json& text) {
      const std::string given = text.get<std::string>();
      return given.empty() ? '\0' : given.front();
    };
    std::vector<ListedMailbox> mailboxes;
    for (const auto& [name, told] : row.at("listed").items()) mailboxes.push_back(listed(name, first(told)));
    CHECK(name_space_of({}, mailboxes).delimiter == first(row.at("separator")));
  }
}

TEST_CASE("imapsync's names: one name through all rules") {
  CHECK(facts().at("names").size() > 70);
  for (const json& row : facts().at("names")) {
    CAPTURE(row.dump());
    SideNames source, destination;
    source.name_space = name_space(row, "prefix1", "sep1");
    destination.name_space = name_space(row, "prefix2", "sep2");
    config::FolderRules rules;
    rules.fix_slash = row.at("fixslash2").get<bool>();
    rules.source_root = row.value("subfolder1", "");
    rules.destination_root = row.value("subfolder2", "");
    rules.automap_children = !row.value("automapflat", false);
    if (row.contains("regextrans2")) rules.changes = row.at("regextrans2").get<std::vector<std::string>>();
    if (row.contains("f1f2")) {
      for (const auto& [from, to] : row.at("f1f2").items()) rules.renamed.emplace_back(from, to.get<std::string>());
    }
    if (row.contains("automap")) {
      rules.automap = true;
      for (const auto& [from, to] : row.at("automap").items()) {
        add_special(source, from);
        add_special(destination, to.get<std::string>());
      }
    }
    const core::Result<NameMapping> mapping = NameMapping::make(source, destination, rules);
    REQUIRE(mapping.has_value());
    const core::Result<MappedName> mapped =
        mapping->map(listed(row.at("name").get<std::string>(), source.name_space.delimiter));
    REQUIRE(mapped.has_value());
    CHECK(mapped->name == row.at("becomes").get<std::string>());
  }
}

TEST_CASE("imapsync's names: prefixes and separators") {
  for (const json& row : facts().at("prefix_and_separator")) {
    CAPTURE(row.dump());
    CHECK(convert_name(row.at("name").get<std::string>(), name_space(row, "prefix1", "sep1"),
                       name_space(row, "prefix2", "sep2"), Slashes::become_bars) == row.at("becomes"));
  }
  for (const json& row : facts().at("separators")) {
    CAPTURE(row.dump());
    CHECK(exchange_delimiters(row.at("name").get<std::string>(), delimiter(row, "sep1"), delimiter(row, "sep2"),
                              row.at("fixslash2").get<bool>() ? Slashes::become_bars : Slashes::keep) ==
          row.at("becomes"));
  }
}

TEST_CASE("imapsync's names: the prefix that is guessed") {
  for (const json& row : facts().at("guessed_prefix")) {
    CAPTURE(row.dump());
    const std::string prefix = row.at("prefix").get<std::string>();
    std::vector<ListedMailbox> mailboxes;
    for (const auto& name : row.at("names")) {
      mailboxes.push_back(listed(name.get<std::string>(), prefix.empty() ? '/' : prefix.back()));
    }
    CHECK(name_space_of({}, mailboxes).prefix == prefix);
  }
}

TEST_CASE("imapsync's names: what a mailbox is for") {
  CHECK(facts().at("purposes").size() > 30);
  for (const json& row : facts().at("purposes")) {
    CAPTURE(row.dump());
    CHECK(guess_special_use(as_utf8(row.at("name").get<std::string>()),
                            NameSpace{row.at("prefix").get<std::string>(), '.'}) ==
          row.at("purpose").get<std::string>());
  }
}

TEST_CASE("imapsync's names: automap") {
  for (const json& row : facts().at("automap")) {
    CAPTURE(row.dump());
    const SideNames source = side_of(row.at("source"), row.at("source_special"), row.at("prefix1").get<std::string>());
    const SideNames destination =
        side_of(row.at("destination"), row.at("destination_special"), row.at("prefix2").get<std::string>());
    std::map<std::string, std::string> expected;
    for (const auto& [from, to] : row.at("pairs").items()) expected.emplace(from, to.get<std::string>());
    std::map<std::string, std::string> found;
    for (const auto& [from, to] : automap(source, destination)) found.emplace(from, to);
    CHECK(found == expected);
  }
}

TEST_CASE("imapsync's names: the folder of --subfolder1 and --subfolder2") {
  for (const json& row : facts().at("roots")) {
    CAPTURE(row.dump());
    CHECK(root_of(row.at("given").get<std::string>(), NameSpace{"", '/'}) == row.at("root").get<std::string>());
  }
  CHECK(root_of("&BB8EQAQ+BDUEOgRC-/A/", NameSpace{"", '/'}) == "\u041F\u0440\u043E\u0435\u043A\u0442/A");
  CHECK(root_of("INBOX.Old", NameSpace{"INBOX.", '.'}) == "Old");
  CHECK(root_of("INBOX", NameSpace{"INBOX.", '.'}).empty());
  CHECK(root_of("INBOX", NameSpace{"", '.'}) == "INBOX");
}
