#include "imap/proto/flags.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

using namespace imapferry::imap::proto;
using namespace std::string_view_literals;

namespace {

using Strings = std::vector<std::string>;

Flags flags_of(std::initializer_list<std::string_view> words) {
  Flags flags;
  for (const std::string_view word : words) flags.add(word);
  return flags;
}

PermanentFlags permanent_of(std::initializer_list<std::string_view> words, bool any_keyword = false) {
  return PermanentFlags{flags_of(words), any_keyword, true};
}

} // namespace

TEST_CASE("flags: system flags are known in any case and written in one") {
  const struct {
    SystemFlag bit;
    Strings spellings;
    std::string wire;
  } rows[] = {
      {flag_answered, {"\\Answered", "\\ANSWERED", "\\answered", "\\aNsWeReD"}, "\\Answered"},
      {flag_flagged, {"\\Flagged", "\\FLAGGED", "\\flagged"}, "\\Flagged"},
      {flag_deleted, {"\\Deleted", "\\DELETED", "\\deleted"}, "\\Deleted"},
      {flag_seen, {"\\Seen", "\\SEEN", "\\seen"}, "\\Seen"},
      {flag_draft, {"\\Draft", "\\DRAFT", "\\draft"}, "\\Draft"},
      {flag_recent, {"\\Recent", "\\RECENT", "\\recent"}, ""},
  };
  for (const auto& row : rows) {
    for (const std::string& spelling : row.spellings) {
      CAPTURE(spelling);
      const Flags flags = flags_of({spelling});
      CHECK(flags.system == row.bit);
      CHECK(flags.keywords.empty());
      CHECK(flags.unknown.empty());
      CHECK(flags.to_string() == row.wire);
    }
  }
}

TEST_CASE("flags: \\Recent is kept but never written") {
  const Flags flags = flags_of({"\\Recent", "\\Seen", "\\Deleted"});
  CHECK((flags.system & flag_recent) != 0);
  CHECK(flags.to_string() == "\\Deleted \\Seen");
  CHECK(flags_of({"\\RECENT"}).to_string().empty());
  CHECK_FALSE(flags_of({"\\RECENT"}).empty());
}

TEST_CASE("flags: a backslash before anything else makes it unknown, and it is never written") {
  const Flags flags = flags_of({"\\Important", "\\*", "\\", "\\Seen ", "\\Seenx", "\\importanT", "\\X-Odd"});
  CHECK(flags.system == 0);
  CHECK(flags.keywords.empty());
  CHECK(flags.unknown == Strings{"\\", "\\*", "\\Important", "\\Seen ", "\\Seenx", "\\X-Odd"});
  CHECK(flags.to_string().empty());
  CHECK_FALSE(flags.empty());
}

TEST_CASE("flags: a system flag's name without its backslash is a keyword") {
  const Flags flags = flags_of({"Seen"});
  CHECK(flags.system == 0);
  CHECK(flags.keywords == Strings{"Seen"});
}

TEST_CASE("flags: keywords are sorted and unique without case, in their first spelling") {
  const Flags flags = flags_of({"NonJunk", "$Forwarded", "junk", "NONJUNK", "$forwarded", "", "Junk", "a"});
  CHECK(flags.keywords == Strings{"$Forwarded", "a", "junk", "NonJunk"});
  CHECK(flags.to_string() == "$Forwarded a junk NonJunk");
  CHECK(flags.has_keyword("JUNK"));
  CHECK(flags.has_keyword("nonjunk"));
  CHECK_FALSE(flags.has_keyword("jun"));
  CHECK_FALSE(flags.has_keyword(""));
  CHECK_FALSE(flags.has_keyword("zebra"));
}

TEST_CASE("flags: keywords of letters beyond ASCII are kept, compared byte by byte, and not written") {
  const Flags flags = flags_of({"\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9", "plain"});
  CHECK(flags.keywords.size() == 3);
  CHECK(flags.to_string() == "plain");
}

TEST_CASE("flags: system flags come first, in one order") {
  CHECK(flags_of({"Foo", "\\Draft", "\\Seen", "\\Deleted", "bar", "\\Flagged", "\\Answered"}).to_string() ==
        "\\Answered \\Flagged \\Deleted \\Seen \\Draft bar Foo");
  CHECK(Flags{}.to_string().empty());
  CHECK(Flags{}.empty());
}

TEST_CASE("flags: a keyword that is no atom is not written, whatever it holds") {
  CHECK(flags_of({"a) {5+}\r\nx DELETE INBOX", "ok", "b]", "c d", "e\"f"}).to_string() == "ok");
}

TEST_CASE("flags: a flood of keywords is cut off") {
  Flags flags;
  for (int i = 0; i < 1'500; ++i) {
    flags.add("k" + std::to_string(i));
    flags.add("\\k" + std::to_string(i));
  }
  CHECK(flags.keywords.size() == 1'000);
  CHECK(flags.unknown.size() == 1'000);
  CHECK(flags.has_keyword("k999"));
  CHECK_FALSE(flags.has_keyword("k1000"));
}

TEST_CASE("flags: equal as sets, without case, \\Recent and unknown flags") {
  CHECK(flags_of({"\\Seen", "a", "B"}) == flags_of({"b", "A", "\\SEEN"}));
  CHECK(flags_of({"\\Seen", "\\Recent"}) == flags_of({"\\Seen"}));
  CHECK(flags_of({"\\Seen", "\\Odd"}) == flags_of({"\\Seen"}));
  CHECK(Flags{} == flags_of({"\\Recent", "\\Important"}));
  CHECK_FALSE(flags_of({"\\Seen"}) == flags_of({"\\Seen", "\\Draft"}));
  CHECK_FALSE(flags_of({"\\Seen"}) == flags_of({"Seen"}));
  CHECK_FALSE(flags_of({"a"}) == flags_of({"a", "b"}));
  CHECK_FALSE(flags_of({"a", "b"}) == flags_of({"a"}));
  CHECK_FALSE(flags_of({"a"}) == flags_of({"b"}));
}

TEST_CASE("keyword: just the atoms of RFC 9051 are sendable, byte by byte") {
  const std::string_view specials = "(){%*\"\\] ";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool expected = byte > 0x20 && byte < 0x7F && specials.find(c) == std::string_view::npos;
    CAPTURE(byte);
    CHECK(is_sendable_keyword(std::string(1, c)) == expected);
    CHECK(is_sendable_keyword("a" + std::string(1, c)) == expected);
    CHECK(is_sendable_keyword(std::string(1, c) + "a") == expected);
  }
}

TEST_CASE("keyword: at least one byte and at most a hundred") {
  CHECK_FALSE(is_sendable_keyword(""));
  CHECK(is_sendable_keyword(std::string(100, 'k')));
  CHECK_FALSE(is_sendable_keyword(std::string(101, 'k')));
  for (const char* keyword : {"$Forwarded", "$MDNSent", "NonJunk", "[Gmail", "a+b", "1", "NIL", "x}"})
    CHECK(is_sendable_keyword(keyword));
}

TEST_CASE("permitted: without PERMANENTFLAGS everything that can be written passes") {
  Strings left_out;
  const Flags allowed =
      permitted(flags_of({"\\Seen", "\\Recent", "Foo", "b]", "\\Important"}), PermanentFlags{}, &left_out);
  CHECK(allowed.system == flag_seen);
  CHECK(allowed.keywords == Strings{"Foo"});
  CHECK(allowed.unknown.empty());
  CHECK(left_out == Strings{"b]", "\\Important"});
}

TEST_CASE("permitted: only what PERMANENTFLAGS names passes, without case") {
  Strings left_out;
  const Flags allowed = permitted(flags_of({"\\Seen", "\\Flagged", "\\Draft", "Foo", "bar", "Zed"}),
                                  permanent_of({"\\SEEN", "\\draft", "FOO", "zED"}), &left_out);
  CHECK(allowed.to_string() == "\\Seen \\Draft Foo Zed");
  CHECK(left_out == Strings{"\\Flagged", "bar"});
}

TEST_CASE("permitted: an empty PERMANENTFLAGS lets nothing pass, each left out as on the wire") {
  Strings left_out;
  const Flags allowed =
      permitted(flags_of({"\\answered", "\\flagged", "\\deleted", "\\seen", "\\draft", "\\recent", "$Forwarded"}),
                permanent_of({}), &left_out);
  CHECK(allowed.empty());
  CHECK(left_out == Strings{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "$Forwarded"});
}

TEST_CASE("permitted: \\* lets every sendable keyword pass, but no system flag") {
  Strings left_out;
  const Flags allowed = permitted(flags_of({"\\Seen", "\\Draft", "Foo", "caf\xC3\xA9", std::string(101, 'k')}),
                                  permanent_of({"\\Seen", "\\*"}, true), &left_out);
  CHECK(allowed.to_string() == "\\Seen Foo");
  CHECK(left_out == Strings{"\\Draft", "caf\xC3\xA9", std::string(101, 'k')});
}

TEST_CASE("permitted: \\Recent and unknown flags do not pass even when PERMANENTFLAGS names them") {
  Strings left_out;
  const Flags allowed = permitted(flags_of({"\\Recent", "\\Important", "b]"}),
                                  permanent_of({"\\Recent", "\\Important", "b]"}), &left_out);
  CHECK(allowed.empty());
  CHECK(left_out == Strings{"b]", "\\Important"});
}

TEST_CASE("permitted: what is left out is added to what the list holds, and the list may be missing") {
  Strings left_out = {"before"};
  (void)permitted(flags_of({"Foo"}), permanent_of({}), &left_out);
  CHECK(left_out == Strings{"before", "Foo"});
  CHECK(permitted(flags_of({"Foo", "\\Seen"}), permanent_of({"\\Seen"})).to_string() == "\\Seen");
}

TEST_CASE("permitted: applied again it takes nothing more") {
  const PermanentFlags permanent = permanent_of({"\\Seen", "Foo"});
  const Flags once = permitted(flags_of({"\\Seen", "\\Draft", "foo", "bar", "\\Odd"}), permanent);
  Strings left_out;
  CHECK(permitted(once, permanent, &left_out) == once);
  CHECK(left_out.empty());
}

TEST_CASE("ascii: compared without case, other bytes as they are") {
  CHECK(equals_ignoring_case("", ""));
  CHECK(equals_ignoring_case("aBc", "AbC"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("@", "`"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
  CHECK_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
  CHECK(equals_ignoring_case("a\0b"sv, "A\0B"sv));
  CHECK_FALSE(equals_ignoring_case("a\0b"sv, "a\0c"sv));
}
