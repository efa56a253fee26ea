#include "../../data.hpp"
#include "sync/message/label_translator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace imapferry;
using namespace imapferry::sync;
using namespace imapferry::testing;

namespace {

using Labels = std::vector<std::string>;

Labels translated(const LabelNames& names, const std::string& destination, const Labels& labels) {
  const LabelTranslator translate(names, destination);
  Labels there;
  for (const std::string& label : labels) {
    std::string one = translate(label);
    if (!one.empty()) there.push_back(std::move(one));
  }
  std::sort(there.begin(), there.end());
  return there;
}

std::string root_in(const nlohmann::json& row, const char* name) {
  return row.contains(name) ? row[name].get<std::string>() + "/" : std::string();
}

}  // namespace

TEST_CASE("labels: what imapsync makes of those in a branch") {
  const auto data = read_data("imapsync/labels.json");
  std::size_t rows = 0;
  for (const char* part : {"subfolder1", "subfolder2"}) {
    for (const auto& row : data[part]) {
      CAPTURE(row.dump());
      LabelNames names;
      names.source_root = root_in(row, "subfolder1");
      names.destination_root = root_in(row, "subfolder2");
      const bool has_folder = row.contains("folder") && !row["folder"].is_null();
      const std::string folder = has_folder ? names.destination_root + row["folder"].get<std::string>() : "";
      CHECK(translated(names, folder, row["labels"].get<Labels>()) == row["becomes"].get<Labels>());
      ++rows;
    }
  }
  CHECK(rows == 7);
}

TEST_CASE("labels: Gmail's own, as imapsync tells them") {
  const auto data = read_data("imapsync/labels.json")["without_special"];
  REQUIRE(data.size() == 3);
  for (const auto& row : data) {
    Labels labels = row["labels"].get<Labels>();
    std::erase_if(labels, [](const std::string& label) { return is_special_label(label); });
    std::sort(labels.begin(), labels.end());
    CHECK(labels == row["becomes"].get<Labels>());
  }
}

TEST_CASE("labels: from account to account they stay as they are, but for what is more than a label") {
  const LabelNames names;
  CHECK(translated(names, "Work", {"\\Inbox", "\\Important", "\\Sent", "\\Muted", "a b", "&AOk-t&AOk-", "x/y"}) ==
        Labels{"&AOk-t&AOk-", "\\Important", "\\Inbox", "\\Muted", "\\Sent", "a b", "x/y"});
  CHECK(translated(names, "Work", {"\\Starred", "\\Draft", "\\drafts", "\\Trash", "\\Spam", "\\Junk"}).empty());
  const LabelTranslator translate(names, "Work");
  CHECK(translate.is_ours("\\Important"));
  CHECK(translate.is_ours("Anything"));
  for (const char* label : {"\\Starred", "\\Draft", "\\TRASH", "\\Sent", "work"}) CHECK_FALSE(translate.is_ours(label));
}

TEST_CASE("labels: they go where their mailboxes go, and the mailbox's own is never given or taken") {
  LabelNames names;
  names.mailboxes = {{"Old", "New"}, {"Private", ""}, {"Post", "\\Inbox"}, {"\\Inbox", "Eingang"}};
  CHECK(translated(names, "Work", {"old", "Private", "Post", "\\Inbox", "Hidden"}) ==
        Labels{"Eingang", "Hidden", "New", "\\Inbox"});
  CHECK(translated(names, "New", {"Old"}).empty());
  CHECK(translated(names, "INBOX", {"Post"}).empty());
  CHECK_FALSE(LabelTranslator(names, "INBOX").is_ours("\\Inbox"));
}

TEST_CASE("labels: around a branch everything stays as it is") {
  LabelNames names;
  names.destination_root = "Archive/Bob/";
  const LabelTranslator into(names, "Archive/Bob/INBOX");
  CHECK(into.is_ours("Archive/Bob/x"));
  for (const char* label : {"\\Inbox", "\\Important", "Mine", "Archive/Bobby"}) CHECK_FALSE(into.is_ours(label));
  CHECK(translated(names, "x", {"\\Important", "\\Sent"}).empty());
  names = {};
  names.source_root = "Archive/Bob/";
  CHECK(translated(names, "x", {"\\Important", "Mine", "Archive/Bob", "Archive/Bob/inbox", "Archive/Bob/\\Trash"}) ==
        Labels{"\\Inbox"});
  CHECK(LabelTranslator(names, "x").is_ours("Mine"));
  CHECK_FALSE(LabelTranslator(names, "x").is_ours("\\Important"));
}
