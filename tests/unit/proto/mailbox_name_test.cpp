#include "imap/proto/mailbox_name.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

using imapferry::imap::proto::from_modified_utf7;
using imapferry::imap::proto::from_wire;
using imapferry::imap::proto::is_inbox;
using imapferry::imap::proto::is_utf8;
using imapferry::imap::proto::to_modified_utf7;
using namespace std::string_view_literals;

namespace {

/// UTF-8 by RFC 3629's table, written apart from the code under test.
std::string utf8(char32_t c) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 + (c >> shift) % 64); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 + c / 64), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 + c / 4096), tail(6), tail(0)};
  return {static_cast<char>(0xF0 + c / 262144), tail(12), tail(6), tail(0)};
}

bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

bool is_printable_ascii(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7E) return false;
  }
  return true;
}

/// What must hold of any bytes at all; says whether it does.
bool keeps_its_promises(std::string_view name) {
  const auto decoded = from_modified_utf7(name);
  const auto wire = from_wire(name);
  const auto encoded = to_modified_utf7(wire.utf8);
  if (decoded && to_modified_utf7(*decoded) != name) return false;
  return is_utf8(wire.utf8) && encoded && is_printable_ascii(*encoded) && from_modified_utf7(*encoded) == wire.utf8 &&
         wire.exact == (*encoded == name) && wire.exact == decoded.has_value();
}

std::string random_text(std::mt19937& random) {
  const auto below = [&random](char32_t limit) { return static_cast<char32_t>(random()) % limit; };
  std::string text;
  for (auto left = random() % 12; left > 0; --left) {
    char32_t c = 0;
    switch (random() % 5) {
    case 0: c = 0x20 + below(0x5F); break;
    case 1: c = U'&'; break;
    case 2: c = 1 + below(0x7FF); break;
    case 3: c = 0xE000 + below(0x2000); break;
    default: c = 0x10000 + below(0x100000); break;
    }
    text += utf8(c);
  }
  return text;
}

} // namespace

TEST_CASE("mailbox name: known names in both directions") {
  const struct {
    std::string_view utf8;
    std::string_view wire;
  } rows[] = {
      {"", ""},
      {"INBOX", "INBOX"},
      {"a&b", "a&-b"},
      {"&", "&-"},
      {"&&", "&-&-"},
      {"&-", "&--"},
      {"-&-", "-&--"},
      {"Ö", "&ANY-"},
      {"é&é", "&AOk-&-&AOk-"},
      {"é-", "&AOk--"},
      {"éa", "&AOk-a"},
      {"Réponses 1200+1201+1202", "R&AOk-ponses 1200+1201+1202"},
      {"+BD8EQAQ1BDQEOwQ+BDM-", "+BD8EQAQ1BDQEOwQ+BDM-"},
      {"Проект", "&BB8EQAQ+BDUEOgRC-"},
      {"収件箱", "&U85O9nux-"},
      {"收件箱", "&ZTZO9nux-"},
      {"送信済みアイテム", "&kAFP4W4IMH8wojCkMMYw4A-"},
      {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
      {"😀", "&2D3eAA-"},
      {"a😀b", "a&2D3eAA-b"},
      {"\xF0\x90\x80\x80", "&2ADcAA-"},
      {"\xF4\x8F\xBF\xBF", "&2,,f,w-"},
      {"\xEF\xBF\xBF", "&,,8-"},
      {"tab\there", "tab&AAk-here"},
      {"\x7F", "&AH8-"},
      {"\x01", "&AAE-"},
      {"\"quoted\\ %*{}()", "\"quoted\\ %*{}()"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.utf8);
    CHECK(to_modified_utf7(row.utf8) == row.wire);
    CHECK(from_modified_utf7(row.wire) == row.utf8);
    CHECK(from_wire(row.wire).utf8 == row.utf8);
    CHECK(from_wire(row.wire).exact);
  }
}

TEST_CASE("mailbox name: what is not modified UTF-7 is refused") {
  const struct {
    std::string_view wire;
    std::string_view why;
  } rows[] = {
      {"&", "a shift that nothing follows"},
      {"a&b", "stray &"},
      {"2006 Budget & Fcst", "stray &"},
      {"A & B - C", "blanks in base64"},
      {"&AOk", "the run does not end"},
      {"x&AOk", "the run does not end"},
      {"&AOk=-", "padding"},
      {"&U/BTFw-", "the other base64's slash"},
      {"&AO\x6B.-", "no base64 character"},
      {"&\xC3\xA9-", "8 bits in base64"},
      {"&A-", "6 bits of 16"},
      {"&AA-", "12 bits of 16"},
      {"&AOkA-", "a character too many"},
      {"&AOkAA-", "not a whole second unit"},
      {"&AOl-", "padding bits that are not zero"},
      {"&AOm-", "padding bits that are not zero"},
      {"&2D0-", "a high surrogate alone"},
      {"&3gA-", "a low surrogate alone"},
      {"&2D0AQQ-", "a high surrogate before another character"},
      {"&2D3YPQ-", "two high surrogates"},
      {"&3gDYPQ-", "surrogates in the wrong order"},
      {"&2D0-&3gA-", "a pair in two runs"},
      {"&AEE-", "encoded printable ASCII"},
      {"&ACA-", "encoded blank"},
      {"&AH4-", "encoded ~"},
      {"&ACY-", "encoded &"},
      {"&AOkAQQ-", "printable ASCII at the end of a run"},
      {"&AEEA6Q-", "printable ASCII at the start of a run"},
      {"&AAA-", "encoded NUL"},
      {"&AOk-&AOk-", "null shift"},
      {"caf\xC3\xA9", "raw UTF-8"},
      {"caf\xE9", "raw Latin-1"},
      {"a\tb", "raw control character"},
      {"a\x7F", "raw DEL"},
      {"a\0b"sv, "raw NUL"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.wire);
    CAPTURE(row.why);
    CHECK_FALSE(from_modified_utf7(row.wire).has_value());
    CHECK_FALSE(from_wire(row.wire).exact);
    CHECK(keeps_its_promises(row.wire));
  }
}

TEST_CASE("mailbox name: a name that is not modified UTF-7 is taken literally") {
  const struct {
    std::string_view wire;
    std::string_view utf8;
  } rows[] = {
      {"2006 Budget & Fcst", "2006 Budget & Fcst"},
      {"R&D", "R&D"},
      {"caf\xC3\xA9", "café"},
      {"\xF0\x9F\x98\x80", "😀"},
      {"&AOk-\xC3\xA9", "&AOk-é"},
      {"&AEE-", "&AEE-"},
      {"Entw\xFCrfe", "Entwürfe"},
      {"\xC3\xA9 und \xE9", "é und é"},
      {"a\0b"sv, "a\xEF\xBF\xBD"
                 "b"},
  };
  for (const auto& row : rows) {
    CHECK(from_wire(row.wire).utf8 == row.utf8);
    CHECK_FALSE(from_wire(row.wire).exact);
  }
}

TEST_CASE("mailbox name: only UTF-8 without NUL is encoded") {
  for (const std::string_view text : {"\0"sv, "a\0"sv, "\x80"sv, "caf\xE9"sv, "\xC3"sv, "a\xC0\x80"sv,
                                      "\xED\xA0\xBD\xED\xB8\x80"sv, "\xF4\x90\x80\x80"sv}) {
    CHECK_FALSE(to_modified_utf7(text).has_value());
  }
}

TEST_CASE("mailbox name: every code point goes there and back") {
  int wrong = 0;
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (is_surrogate(c)) continue;
    const std::string text = utf8(c);
    const auto wire = to_modified_utf7(text);
    if (!wire || !is_printable_ascii(*wire) || from_modified_utf7(*wire) != text || !is_utf8(text)) {
      ++wrong;
      INFO("code point ", static_cast<std::uint32_t>(c));
      CHECK(wrong == 0);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("mailbox name: runs of every length go there and back, in every position of the base64 group") {
  for (const char32_t c : {U'\u00E9', U'\u65E5', U'\U0001F600', U'\U0010FFFF'}) {
    std::string run;
    for (int length = 1; length <= 40; ++length) {
      run += utf8(c);
      for (const std::string& text : {run, "a" + run, run + "-", run + "&" + run}) {
        const auto wire = to_modified_utf7(text);
        REQUIRE(wire.has_value());
        CHECK(from_modified_utf7(*wire) == text);
      }
    }
  }
}

TEST_CASE("mailbox name: the promises hold for all short strings of the awkward bytes") {
  constexpr std::array alphabet = {'&', '-', 'A', 'O', 'k', '2', 'D', '0', ',', 'x', '\x01', '\xC3', '\xA9'};
  int wrong = 0;
  int valid = 0;
  std::string name;
  for (std::size_t length = 0; length <= 5; ++length) {
    std::size_t count = 1;
    for (std::size_t i = 0; i < length; ++i) count *= alphabet.size();
    for (std::size_t number = 0; number < count; ++number) {
      name.clear();
      for (std::size_t i = 0, rest = number; i < length; ++i, rest /= alphabet.size())
        name += alphabet[rest % alphabet.size()];
      if (from_modified_utf7(name)) ++valid;
      if (keeps_its_promises(name)) continue;
      ++wrong;
      INFO(name);
      CHECK(wrong == 0);
    }
  }
  CHECK(wrong == 0);
  CHECK(valid > 10'000);
}

TEST_CASE("mailbox name: the promises hold for random texts and random damage") {
  const unsigned seed = std::random_device{}();
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_text(random);
    const auto wire = to_modified_utf7(text);
    REQUIRE(wire.has_value());
    REQUIRE(from_modified_utf7(*wire) == text);
    std::string damaged = *wire;
    if (damaged.empty()) continue;
    damaged[random() % damaged.size()] = static_cast<char>(static_cast<std::uint8_t>(random()));
    REQUIRE(keeps_its_promises(damaged));
    damaged.erase(random() % damaged.size(), 1);
    REQUIRE(keeps_its_promises(damaged));
  }
}

TEST_CASE("utf-8: just the well-formed sequences of up to three bytes pass") {
  int passed[4] = {};
  std::string text;
  for (unsigned a = 0; a < 256; ++a) {
    text.assign({static_cast<char>(a)});
    passed[1] += is_utf8(text) ? 1 : 0;
    for (unsigned b = 0; b < 256; ++b) {
      text.assign({static_cast<char>(a), static_cast<char>(b)});
      passed[2] += is_utf8(text) ? 1 : 0;
      for (unsigned c = 0; c < 256; ++c) {
        text.assign({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
        passed[3] += is_utf8(text) ? 1 : 0;
      }
    }
  }
  // ASCII, 1920 characters of two bytes, and 63488 of three less the 2048 surrogates, in all their sequences.
  CHECK(passed[1] == 128);
  CHECK(passed[2] == 128 * 128 + 1920);
  CHECK(passed[3] == 128 * 128 * 128 + 2 * 128 * 1920 + 61440);
}

TEST_CASE("utf-8: four bytes pass from U+10000 to U+10FFFF only") {
  int passed = 0;
  for (unsigned lead = 0xF0; lead < 0x100; ++lead) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const unsigned third : {0x7Fu, 0x80u, 0xBFu, 0xC0u}) {
        for (const unsigned fourth : {0x7Fu, 0x80u, 0xBFu, 0xC0u}) {
          const std::string text = {static_cast<char>(lead), static_cast<char>(second), static_cast<char>(third),
                                    static_cast<char>(fourth)};
          passed += is_utf8(text) ? 1 : 0;
        }
      }
    }
  }
  // F0 90..BF, F1 to F3 80..BF, F4 80..8F; two of the four for each byte behind.
  CHECK(passed == (48 + 3 * 64 + 16) * 2 * 2);
}

TEST_CASE("utf-8: empty text and NUL are well-formed, a cut sequence is not") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("a\0b"sv));
  CHECK(is_utf8("é日😀"));
  CHECK_FALSE(is_utf8("a\xC3"sv));
  CHECK_FALSE(is_utf8("a\xE6\x97"sv));
  CHECK_FALSE(is_utf8("a\xF0\x9F\x98"sv));
}

TEST_CASE("mailbox name: INBOX in any case, and nothing else, is the inbox") {
  for (const char* name : {"INBOX", "inbox", "Inbox", "iNBOx"}) CHECK(is_inbox(name));
  for (const char* name : {"", "INBO", "INBOX ", " INBOX", "INBOX/", "INBOX.Sent", "1NBOX", "\xC4\xB0NBOX"})
    CHECK_FALSE(is_inbox(name));
}
