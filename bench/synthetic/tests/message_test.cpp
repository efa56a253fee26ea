#include "message.hpp"
#include "random.hpp"
#include "text.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace imapferry::bench::synthetic;

namespace {

Shape shape_of(std::uint64_t size, double spread) {
  Shape shape;
  shape.seed = 7;
  shape.messages = 1000;
  shape.size = size;
  shape.spread = spread;
  shape.new_percent = 1;
  shape.changed_percent = 10;
  return shape;
}

std::string bytes_of(const Message& message, std::uint64_t from = 0) {
  std::string bytes;
  for (std::string_view piece = message.piece(from); !piece.empty(); piece = message.piece(from)) {
    bytes += piece;
    from += piece.size();
  }
  return bytes;
}

}  // namespace

TEST_CASE("message: its size is what was told, whatever size is asked for") {
  for (const std::uint64_t size : {1u, 1000u, 1500u, 4097u, 100'000u}) {
    for (const double spread : {0.0, 1.0}) {
      const Shape shape = shape_of(size, spread);
      const Book book(shape.seed);
      const MadeMailbox mailbox(shape, book, "alice", 1);
      Message message;
      for (std::uint32_t uid = 1; uid <= 200; ++uid) {
        mailbox.make(uid, message);
        const std::string bytes = bytes_of(message);
        REQUIRE(bytes.size() == mailbox.facts(uid).size);
        CHECK(bytes.starts_with(message.header()));
        CHECK(message.header().ends_with("\r\n\r\n"));
        CHECK(bytes.ends_with(".\r\n"));
      }
    }
  }
}

TEST_CASE("message: every line ends with CRLF and none is too long for SMTP") {
  const Shape shape = shape_of(20'000, 0);
  const Book book(shape.seed);
  const MadeMailbox mailbox(shape, book, std::string(255, '@'), 3);
  Message message;
  mailbox.make(5, message);
  std::string bytes = bytes_of(message);
  std::size_t start = 0;
  for (std::size_t end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n', start)) {
    REQUIRE(bytes[end - 1] == '\r');
    CHECK(bytes.find('\r', start) == end - 1);
    CHECK(end - start < 1000);
    start = end + 1;
  }
  CHECK(start == bytes.size());
}

TEST_CASE("message: a header is never longer than what a message has room for") {
  Shape shape = shape_of(1, 0);
  shape.messages = 1'000'000'000;
  shape.mailboxes = 100'000;
  const Book book(shape.seed);
  const MadeMailbox mailbox(shape, book, "alice@example.org", 100'000);
  Message message;
  std::size_t longest = 0;
  for (std::uint32_t uid = 999'900'000; uid < 999'950'000; ++uid) {
    mailbox.make(uid, message);
    longest = std::max(longest, message.header().size());
    REQUIRE(message.header().size() + 2 * Book::line_size <= message.size());
  }
  MESSAGE("longest header: " << longest);
}

TEST_CASE("message: read from any place it is the same") {
  const Shape shape = shape_of(9000, 0);
  const Book book(shape.seed);
  const MadeMailbox mailbox(shape, book, "alice", 1);
  Message message;
  mailbox.make(1, message);
  const std::string whole = bytes_of(message);
  for (std::size_t from = 0; from <= whole.size(); from += 61) REQUIRE(bytes_of(message, from) == whole.substr(from));
  CHECK(message.piece(whole.size()).empty());
}

TEST_CASE("message: the same numbers give the same bytes, and any other number gives others") {
  const Shape shape = shape_of(3000, 0);
  Shape other_shape = shape;
  other_shape.seed = 8;
  const Book book(shape.seed);
  const Book other_book(other_shape.seed);
  const auto make = [](const Shape& of, const Book& from, std::string user, std::uint32_t mailbox, std::uint32_t uid) {
    Message message;
    MadeMailbox(of, from, std::move(user), mailbox).make(uid, message);
    return bytes_of(message);
  };
  const std::string bytes = make(shape, book, "alice", 1, 1);
  CHECK(bytes == make(shape, Book(shape.seed), "alice", 1, 1));
  CHECK(bytes != make(shape, book, "alice", 1, 2));
  CHECK(bytes != make(shape, book, "alice", 2, 1));
  CHECK(bytes != make(shape, book, "bob", 1, 1));
  CHECK(bytes != make(other_shape, other_book, "alice", 1, 1));
}

TEST_CASE("message-id: names user, mailbox and uid, also where the user's name has odd characters") {
  const Shape shape = [] {
    Shape with_mailboxes = shape_of(3000, 0);
    with_mailboxes.mailboxes = 3;
    return with_mailboxes;
  }();
  const Book book(shape.seed);
  for (const std::string user : {"alice", "a.b@example.org", "%41", "two words", "\xC3\xA4\x01<>"}) {
    const MadeMailbox mailbox(shape, book, user, 3);
    Message message;
    mailbox.make(17, message);
    const std::string header(message.header());
    const std::size_t start = header.find("Message-Id: <") + 13;
    const std::string id = header.substr(start, header.find(">\r\n", start) - start);
    const auto name = parse_message_id(id);
    REQUIRE(name);
    CHECK(name->uid == 17);
    const auto found = MadeMailbox::named(shape, book, name->folder);
    REQUIRE(found);
    CHECK(found->user() == user);
    CHECK(found->number() == 3);
  }
}

TEST_CASE("message-id: what is not ours names nothing") {
  const Shape shape = shape_of(3000, 0);
  const Book book(shape.seed);
  for (const char* id : {"", "1@example.org", "x.1.2.a@synthetic.invalid", ".@synthetic.invalid",
                         "0.1.2.a@synthetic.invalid", "99999999999.1.2.a@synthetic.invalid", "@synthetic.invalid"}) {
    CHECK_FALSE(parse_message_id(id));
  }
  const MadeMailbox mailbox(shape, book, "alice", 1);
  CHECK(MadeMailbox::named(shape, book, mailbox.folder()));
  for (const char* folder : {"", "1", "1.", "1.abc", "1.00000000.alice", "2.89025cc1.alice", "x.y.z"}) {
    CHECK_FALSE(MadeMailbox::named(shape, book, folder));
  }
}

TEST_CASE("delta: about as many messages change as were asked for, by their flags only, and none of the new ones") {
  const Shape shape = shape_of(3000, 0);
  const Book book(shape.seed);
  const MadeMailbox mailbox(shape, book, "alice", 1);
  CHECK(shape.arrivals() == 10);
  CHECK(mailbox.holds(1010));
  CHECK_FALSE(mailbox.holds(1011));
  CHECK_FALSE(mailbox.holds(0));
  int changed = 0;
  for (std::uint32_t uid = 1; uid <= 1010; ++uid) {
    const Facts facts = mailbox.facts(uid);
    CHECK(facts.flags_in(Phase::before_delta) == facts.flags);
    CHECK((facts.flags_in(Phase::after_delta) != facts.flags) == facts.is_changed);
    if (facts.is_changed) ++changed;
    if (uid > 1000) CHECK_FALSE(facts.is_changed);
  }
  CHECK(changed > 60);
  CHECK(changed < 140);
}

TEST_CASE("dates: as INTERNALDATE and as a header field have them") {
  std::string internal;
  std::string field;
  append_internal_date(internal, 1'793'866'150);
  append_header_date(field, 1'793'866'150);
  CHECK(internal == "05-Nov-2026 08:09:10 +0000");
  CHECK(field == "Thu, 05 Nov 2026 08:09:10 +0000");
}

TEST_CASE("book: all words are there, and all lines are whole") {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < words; ++i) {
    CHECK_FALSE(word(i).empty());
    seen.insert(word(i));
  }
  CHECK(seen.size() == words);
  const Book book(3);
  for (std::size_t i = 0; i < Book::pages; ++i) {
    const std::string_view page = book.page(i);
    REQUIRE(page.size() == Book::page_size);
    for (std::size_t at = Book::line_size; at <= page.size(); at += Book::line_size) {
      REQUIRE(page.substr(at - 2, 2) == "\r\n");
    }
  }
}
