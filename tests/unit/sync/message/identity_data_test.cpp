#include "../data.hpp"
#include "sync/message/identity.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <string>

using namespace imapferry;
using namespace imapferry::sync;
using namespace imapferry::testing;

namespace {

constexpr IdentityKey key{{1, 2}};

std::optional<Identity> identity_of(const config::IdentityRules& rules, const std::string& header) {
  Identity identity;
  if (!identity_of_fields(IdentityRule(key, rules), header, identity)) return std::nullopt;
  return identity;
}

}  // namespace

TEST_CASE("identity: lines are equal when imapsync makes the same of them") {
  const auto data = read_data("imapsync/identity.json");
  REQUIRE(data["lines"].size() > 8);
  for (const auto& row : data["lines"]) {
    CAPTURE(row.dump());
    config::IdentityRules rules;
    rules.fields = {bytes_of(row["name"])};
    rules.message_id_with_domain = !row.value("cut_domains", false);
    const auto identity = identity_of(rules, bytes_of(row["name"]) + ": " + bytes_of(row["value"]) + "\r\n");
    CHECK(identity.has_value() == !row["normal"].is_null());
    if (row["normal"].is_null()) continue;
    CHECK(identity == identity_of(rules, bytes_of(row["normal"]) + "\r\n"));
    CHECK(identity != identity_of(rules, bytes_of(row["normal"]) + "X\r\n"));
  }
}

TEST_CASE("identity: headers are equal when imapsync makes the same of them") {
  const auto data = read_data("imapsync/identity.json");
  std::map<std::string, std::set<std::string>> hashes_of;
  std::map<std::string, std::set<std::string>> texts_of;
  for (const auto& row : data["headers"]) {
    CAPTURE(row.dump());
    config::IdentityRules rules;
    for (const auto& name : row["listed"]) {
      if (name == "ALL") {
        rules.all_fields = true;
      } else {
        rules.fields.push_back(name);
      }
    }
    rules.skipped = row.value("skipped", "");
    std::string header;
    for (const auto& [name, values] : row["fields"].items()) {
      for (const auto& value : values) header += name + ": " + bytes_of(value) + "\r\n";
    }
    const auto identity = identity_of(rules, header);
    CHECK(identity.has_value() == !row["identity"].is_null());
    if (!identity || row["identity"].is_null()) continue;
    const std::string hash = std::to_string(identity->bits[0]) + "," + std::to_string(identity->bits[1]);
    hashes_of[row["identity"]].insert(hash);
    texts_of[hash].insert(row["identity"].get<std::string>());
  }
  for (const auto& same : hashes_of) CHECK_MESSAGE(same.second.size() == 1, same.first);
  for (const auto& same : texts_of) CHECK_MESSAGE(same.second.size() == 1, *same.second.begin());
}

TEST_CASE("identity: the fields of a whole header") {
  const auto data = read_data("imapsync/identity.json");
  REQUIRE(data["whole"].size() > 4);
  config::IdentityRules rules;
  rules.all_fields = true;
  for (const auto& row : data["whole"]) {
    CAPTURE(row.dump());
    std::string fields;
    for (const auto& field : row["fields"]) fields += bytes_of(field[0]) + ": " + bytes_of(field[1]) + "\r\n";
    const std::string header = bytes_of(row["header"]);
    CHECK(identity_of(rules, header) == identity_of(rules, fields));
    CHECK(identity_of(rules, header) != identity_of(rules, fields + "More: x\r\n"));
  }
}

TEST_CASE("identity: a Message-Id that was added because there was none does not make another message of it") {
  const IdentityRule rule(key);
  const std::string bare = "Subject: a\r\nFrom: b\r\n\r\n";
  Identity identity;
  CHECK_FALSE(identity_of_fields(rule, "Message-Id: <123@imapsync>\r\n", identity));
  CHECK(identity_of_fields(rule, "Message-Id: <123@imapsync.example>\r\n", identity));
  CHECK(identity_of_fields(rule, "Message-Id: <123@imapsync>\r\nReceived: x\r\n", identity));
  CHECK(identity_of_header(rule, "Message-Id: <123@imapsync>\r\n" + bare).identity ==
        identity_of_header(rule, bare).identity);
}

TEST_CASE("identity: by every field, whatever the header is") {
  config::IdentityRules rules;
  rules.all_fields = true;
  rules.message_id_with_domain = false;
  rules.skipped = "^SUBJECT";
  // A line that is no field, an empty name, a name that shrinks, a field that says nothing behind one that is cut.
  CHECK(identity_of(rules, "x\r\n"));
  CHECK(identity_of(rules, "a   b : c\r\n"));
  CHECK_FALSE(identity_of(rules, "Subject: x\r\n"));
  CHECK(identity_of(rules, "Received: by a@b\r\nMessage-Id: <>\r\n") == identity_of(rules, "Received: by a@b\r\n"));
  CHECK(identity_of(rules, "Received: by a@b\r\n") != identity_of(rules, "Received: by a@c\r\n"));
  CHECK(identity_of(rules, "To: x\r\nSubject:\r\n") == identity_of(rules, "To: x\r\n"));
}

TEST_CASE("identity: what a run asks for follows its rule, and so does what it remembers") {
  config::IdentityRules rules;
  CHECK(IdentityRule(key, rules).section() == "HEADER.FIELDS (MESSAGE-ID RECEIVED)");
  CHECK(IdentityRule(key, rules).text().empty());
  rules.fields = {"received", "message-id"};
  CHECK(IdentityRule(key, rules).text().empty());
  rules.fields = {"Subject"};
  CHECK(IdentityRule(key, rules).section() == "HEADER.FIELDS (Subject)");
  CHECK_FALSE(IdentityRule(key, rules).text().empty());
  rules.all_fields = true;
  CHECK(IdentityRule(key, rules).section() == "HEADER");
}
