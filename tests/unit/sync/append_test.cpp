#include "sync/append.hpp"
#include "sync/message/mailbox_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace imapferry;
using imap::proto::Capabilities;
using imap::proto::Command;
using sync::append_command;
using sync::AppendItem;
using sync::AppendProof;
using sync::MessageMeta;
using sync::streamed_append_command;

namespace {

constexpr std::int64_t some_date = 1'000'000'000;  // 09-Sep-2001 01:46:40 +0000
constexpr const char* date_text = "\"09-Sep-2001 01:46:40 +0000\" ";

MessageMeta meta_of(std::vector<std::string> flags, std::int64_t date = some_date) {
  MessageMeta meta;
  for (const std::string& flag : flags) meta.flags.add(flag);
  meta.date = date;
  return meta;
}

/// The bytes of a command, with "|" where the server's word is awaited and "<n>" for streamed bytes.
std::string bytes_of(const Command& command) {
  using Kind = Command::Piece::Kind;
  std::string out;
  for (const Command::Piece& piece : command.pieces()) {
    if (piece.kind == Kind::text) out += command.text().substr(piece.offset, piece.size);
    if (piece.kind == Kind::borrowed) out += std::string(piece.data, piece.size);
    if (piece.kind == Kind::streamed) out += "<" + std::to_string(piece.size) + ">";
    if (piece.kind == Kind::wait) out += "|";
  }
  return out;
}

std::string append(const std::vector<std::pair<MessageMeta, std::string>>& messages, const AppendProof& proof,
                   const char* capabilities = "IMAP4rev1 LITERAL+ MULTIAPPEND") {
  std::vector<AppendItem> items;
  for (const auto& [meta, bytes] : messages) items.push_back(AppendItem{&meta, bytes});
  return bytes_of(append_command("INBOX", items, proof, Capabilities::parse(capabilities)));
}

AppendProof proof_of(std::initializer_list<MessageMeta> metas) {
  AppendProof proof;
  for (const MessageMeta& meta : metas) proof.prove(meta);
  return proof;
}

const std::string start = "APPEND \"INBOX\" ";

}  // namespace

TEST_CASE("append: the first to a mailbox waits for the server's word, the next do not") {
  const MessageMeta plain = meta_of({});
  CHECK(append({{plain, "one"}}, {}) == start + "() " + date_text + "{3}\r\n|one");
  CHECK(append({{plain, "one"}}, proof_of({plain})) == start + "() " + date_text + "{3+}\r\none");
}

TEST_CASE("append: without LITERAL+ every one waits, with LITERAL- the large ones do") {
  const MessageMeta plain = meta_of({});
  const AppendProof proof = proof_of({plain});
  const std::string large(4097, 'x');
  CHECK(append({{plain, "one"}}, proof, "IMAP4rev1") == start + "() " + date_text + "{3}\r\n|one");
  CHECK(append({{plain, "one"}}, proof, "IMAP4rev1 LITERAL-") == start + "() " + date_text + "{3+}\r\none");
  CHECK(append({{plain, large}}, proof, "IMAP4rev1 LITERAL-") == start + "() " + date_text + "{4097}\r\n|" + large);
}

TEST_CASE("append: flags and date as they are sent") {
  struct Case {
    MessageMeta meta;
    const char* arguments;
  };
  MessageMeta zoned = meta_of({});
  zoned.zone_minutes = -330;
  const Case cases[] = {
      {meta_of({"\\Seen", "$Forwarded", "\\Answered"}),
       "(\\Answered \\Seen $Forwarded) \"09-Sep-2001 01:46:40 +0000\" "},
      {zoned, "() \"08-Sep-2001 20:16:40 -0530\" "},
      {meta_of({}, sync::MailboxIndex::no_date), "() "},
      // Neither is a client's to set, nor is what no server knows.
      {meta_of({"\\Recent", "\\Odd", "bad]keyword", "b\xC3\xB6se"}), "() \"09-Sep-2001 01:46:40 +0000\" "},
      {meta_of({"x)\r\nA9 LOGOUT"}), "() \"09-Sep-2001 01:46:40 +0000\" "},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.arguments));
    CHECK(append({{one.meta, "x"}}, {}) == start + one.arguments + "{1}\r\n|x");
    CHECK(bytes_of(streamed_append_command("INBOX", one.meta, 9, Capabilities::parse("LITERAL+"))) ==
          start + one.arguments + "{9}\r\n|<9>");
  }
}

TEST_CASE("append: dates that a server may refuse wait for its word, each time") {
  struct Case {
    std::int64_t date;
    bool waits;
  };
  const Case cases[] = {
      {sync::MailboxIndex::no_date, false},
      {0, true},
      {-1, true},
      {86'399, true},
      {86'400, false},
      {some_date, false},
      {2'145'916'800, false},
      {2'145'916'801, true},
      {253'402'300'800, true},
      {-62'167'219'201, true},
      {INT64_MAX, true},
      {INT64_MIN + 1, true},
  };
  for (const Case& one : cases) {
    CAPTURE(one.date);
    const MessageMeta meta = meta_of({}, one.date);
    const std::string sent = append({{meta, "x"}}, proof_of({meta_of({}), meta}));
    CHECK((sent.find('|') != std::string::npos) == one.waits);
    // Whatever it is, it is a date: dd-Mon-yyyy hh:mm:ss +zzzz.
    if (one.date != sync::MailboxIndex::no_date) CHECK(sent.find("{1") - start.size() == 32);
  }
}

TEST_CASE("append: a keyword waits for the server's word until it was accepted; system flags do not") {
  const AppendProof proof = proof_of({meta_of({"$Known"})});
  const auto waits = [&](std::vector<std::string> flags) {
    return append({{meta_of(std::move(flags)), "x"}}, proof).find('|') != std::string::npos;
  };
  CHECK(!waits({}));
  CHECK(!waits({"\\Seen", "\\Flagged", "\\Draft", "\\Deleted", "\\Answered"}));
  CHECK(!waits({"$Known"}));
  CHECK(waits({"$Other"}));
  CHECK(waits({"$Known", "$Other"}));
  CHECK(waits({"$known"}));
}

TEST_CASE("append: in a MULTIAPPEND only what is new there waits") {
  const MessageMeta plain = meta_of({}, sync::MailboxIndex::no_date);
  const MessageMeta labelled = meta_of({"$Label"}, sync::MailboxIndex::no_date);
  CHECK(append({{plain, "one"}, {plain, "two"}}, {}) == start + "() {3}\r\n|one () {3+}\r\ntwo");
  CHECK(append({{plain, "one"}, {labelled, "two"}, {plain, "three"}, {labelled, "four"}}, proof_of({plain})) ==
        start + "() {3+}\r\none ($Label) {3}\r\n|two () {5+}\r\nthree ($Label) {4+}\r\nfour");
  // An odd date of the first proves nothing about that of the second.
  const MessageMeta odd = meta_of({}, 0);
  const std::string sent = append({{odd, "one"}, {odd, "two"}}, proof_of({plain}));
  CHECK(std::count(sent.begin(), sent.end(), '|') == 2);
}

TEST_CASE("append: building a command proves nothing yet") {
  AppendProof proof;
  const MessageMeta labelled = meta_of({"$Label"});
  append({{labelled, "one"}}, proof);
  CHECK(!proof.is_proven(labelled));
  CHECK(!proof.is_proven(meta_of({})));
  proof.prove(labelled);
  CHECK(proof.is_proven(labelled));
  CHECK(proof.is_proven(meta_of({})));
}

TEST_CASE("append: an uncommon date is never proven, and to wait for it teaches nothing") {
  const AppendProof proof = proof_of({meta_of({"$Label"}), meta_of({}, 0)});
  CHECK(!proof.is_proven(meta_of({}, 0)));
  CHECK(!proof.would_learn_from(meta_of({"$Label"}, 0)));
  CHECK(proof.would_learn_from(meta_of({"$Other"}, 0)));
  CHECK(AppendProof().would_learn_from(meta_of({})));
}

TEST_CASE("append: an empty message is an empty literal, of either kind") {
  const MessageMeta plain = meta_of({}, sync::MailboxIndex::no_date);
  CHECK(append({{plain, ""}}, {}) == start + "() {0}\r\n|");
  CHECK(append({{plain, ""}}, proof_of({plain})) == start + "() {0+}\r\n");
  CHECK(bytes_of(streamed_append_command("INBOX", plain, 0, {})) == start + "() {0}\r\n|");
}

TEST_CASE("append: a mailbox name that cannot be quoted is a literal") {
  const MessageMeta plain = meta_of({}, sync::MailboxIndex::no_date);
  const std::string bytes = "x";
  const AppendItem item{&plain, bytes};
  CHECK(bytes_of(append_command("a\"b", std::span(&item, 1), {}, {})) == "APPEND \"a\\\"b\" () {1}\r\n|x");
  CHECK(bytes_of(append_command("\xC3\xA4", std::span(&item, 1), {}, {})) == "APPEND {2}\r\n|\xC3\xA4 () {1}\r\n|x");
}

TEST_CASE("append: a large message waits for the server's word even where all is proven") {
  const MessageMeta plain = meta_of({}, sync::MailboxIndex::no_date);
  CHECK(bytes_of(streamed_append_command("INBOX", plain, std::uint64_t{5} << 32, Capabilities::parse("LITERAL+"))) ==
        start + "() {21474836480}\r\n|<21474836480>");
}
