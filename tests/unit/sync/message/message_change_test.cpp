#include "../data.hpp"
#include "sync/message/message_change.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace imapferry;
using namespace imapferry::testing;
using nlohmann::json;
using sync::ChangingMessage;
using sync::MessageChange;
using Fate = ChangingMessage::Fate;

namespace {

constexpr std::size_t most = 1 << 20;

MessageChange compiled(const config::MessageRules& rules) {
  core::Result<MessageChange> change =
      MessageChange::compile(rules, MessageChange::variables("ann", "bob", "INBOX.a", "b"));
  REQUIRE(change.has_value());
  return std::move(*change);
}

ChangingMessage after(const config::MessageRules& rules, std::string text) {
  ChangingMessage message;
  message.uid = 7;
  message.text = std::move(text);
  message.needs_id = sync::lacks_id(message.text);
  const MessageChange change = compiled(rules);
  change.begin(message, most);
  if (message.fate == Fate::goes_on) change.finish(message);
  if (message.fate == Fate::goes_on) MessageChange::seal(message);
  return message;
}

}  // namespace

TEST_CASE("message change: as imapsync does it") {
  const json data = read_data("imapsync/message_changes.json");
  REQUIRE(data["longest_line"].size() > 4);
  for (const json& row : data["longest_line"]) {
    CAPTURE(row.dump());
    CHECK(sync::longest_line(bytes_of(row["text"])) == row["length"].get<std::uint64_t>());
  }
  for (const json& row : data["added_id"]) {
    CHECK(sync::added_id(row["uid"].get<std::uint32_t>()) == row["line"].get<std::string>());
  }
  for (const json& row : data["truncated"]) {
    CAPTURE(row.dump());
    config::MessageRules rules;
    if (!row["at"].is_null()) rules.truncate_at = row["at"].get<std::uint64_t>();
    CHECK(after(rules, bytes_of(row["text"])).text == bytes_of(row["becomes"]));
  }
  for (const json& row : data["disarmed"]) {
    CAPTURE(row.dump());
    std::string text = bytes_of(row["text"]);
    CHECK(sync::disarm_read_receipts(text) == (row["text"] != row["becomes"]));
    CHECK(text == bytes_of(row["becomes"]));
  }
}

TEST_CASE("message change: without rules nothing is changed") {
  const ChangingMessage message = after({}, "a\nb\r\n");
  CHECK(message.fate == Fate::goes_on);
  CHECK(message.text == "a\nb\r\n");
  CHECK(message.changed_by.empty());
}

TEST_CASE("message change: a message that a rule leaves out names the rule") {
  config::MessageRules rules;
  rules.skip = {"/spam/", "m{^x}m"};
  CHECK(after(rules, "ham\r\n").fate == Fate::goes_on);
  const ChangingMessage left_out = after(rules, "a\nx");
  CHECK(left_out.fate == Fate::left_out);
  CHECK(left_out.reason == "--skipmess m{^x}m");

  rules = {};
  rules.longest_line = 5;
  CHECK(after(rules, "abc\r\n").fate == Fate::goes_on);
  CHECK(after(rules, "abcd\r\n").reason == "--maxlinelength 5");
  rules.long_line_command = "fold";
  const ChangingMessage long_line = after(rules, "abcd\r\n");
  CHECK(long_line.fate == Fate::goes_on);
  CHECK(long_line.has_long_line);

  rules = {};
  rules.least_long_line = 5;
  CHECK(after(rules, "abc\r\n").reason == "--minmaxlinelength 5");
  CHECK(after(rules, "abcd\r\n").fate == Fate::goes_on);
}

TEST_CASE("message change: what is skipped is decided on the text as it came") {
  config::MessageRules rules;
  rules.skip = {"/b/"};
  rules.substitutions = {"s/a/b/"};
  CHECK(after(rules, "a").fate == Fate::goes_on);
  CHECK(after(rules, "ab").fate == Fate::left_out);
}

TEST_CASE("message change: every rule that changed something is named, in order, and lines end with CRLF") {
  config::MessageRules rules;
  rules.substitutions = {"s/\\A/X-From-Folder: $sync->{ h1_current_folder }\\n/", "s/nothing//"};
  rules.disarm_read_receipts = true;
  rules.add_id = true;
  rules.truncate_at = 63;
  const ChangingMessage message = after(rules, "Subject: s\r\n\r\nbody\r\n");
  CHECK(message.text == "Message-Id: <7@imapsync>\r\nX-From-Folder: INBOX.a\r\nSubject: s\r\n\r\n");
  CHECK(message.changed_by == "--regexmess, --addheader, --truncmess");
}

TEST_CASE("message change: an id is added only where no line recognises the message") {
  CHECK(sync::lacks_id("Subject: s\r\n\r\nMessage-Id: <in the body>"));
  CHECK(sync::lacks_id(""));
  CHECK(sync::lacks_id("X-Message-Id: <a>\r\n"));
  CHECK(sync::lacks_id("Subject: s\r\n Received: folded\r\n"));
  CHECK_FALSE(sync::lacks_id("message-id: <a>\r\n"));
  CHECK_FALSE(sync::lacks_id("Message-ID :\r\n"));
  CHECK_FALSE(sync::lacks_id("A: b\nReceived: x\n\n"));
  config::MessageRules rules;
  rules.add_id = true;
  CHECK(after(rules, "Message-Id: <a@b>\r\n\r\n").changed_by.empty());
}

TEST_CASE("message change: nothing left of a message, or an expression that runs wild, is a refusal") {
  config::MessageRules rules;
  rules.substitutions = {"s/.*//s"};
  const ChangingMessage empty = after(rules, "abc");
  CHECK(empty.fate == Fate::refused);
  CHECK(empty.failure.message == "--regexmess leaves nothing of the message");
  rules.substitutions = {"s/a/$`$'/g"};
  const ChangingMessage wild = after(rules, std::string(5000, 'a'));
  CHECK(wild.fate == Fate::refused);
  CHECK(wild.failure.message.find("--regexmess: ") == 0);
  CHECK(wild.failure.fault == core::Fault::append);
}

TEST_CASE("message change: an expression that is wrong names its option") {
  config::MessageRules rules;
  rules.skip = {"["};
  const auto change = MessageChange::compile(rules, {});
  REQUIRE(change.has_error());
  CHECK(change.error().message.find("--skipmess: the expression \"[\"") == 0);
}
