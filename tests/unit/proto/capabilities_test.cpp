#include "imap/proto/capabilities.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using imapferry::imap::proto::Capabilities;
using imapferry::imap::proto::Capability;

namespace {

struct Row {
  Capability capability;
  std::string name;
};

const std::vector<Row>& rows() {
  using enum Capability;
  static const std::vector<Row> all = {
      {imap4rev1, "IMAP4rev1"},
      {imap4rev2, "IMAP4rev2"},
      {literal_plus, "LITERAL+"},
      {literal_minus, "LITERAL-"},
      {starttls, "STARTTLS"},
      {logindisabled, "LOGINDISABLED"},
      {sasl_ir, "SASL-IR"},
      {auth_plain, "AUTH=PLAIN"},
      {auth_login, "AUTH=LOGIN"},
      {id, "ID"},
      {enable, "ENABLE"},
      {name_space, "NAMESPACE"},
      {unselect, "UNSELECT"},
      {uidplus, "UIDPLUS"},
      {multiappend, "MULTIAPPEND"},
      {special_use, "SPECIAL-USE"},
      {create_special_use, "CREATE-SPECIAL-USE"},
      {list_extended, "LIST-EXTENDED"},
      {list_status, "LIST-STATUS"},
      {status_size, "STATUS=SIZE"},
      {condstore, "CONDSTORE"},
      {qresync, "QRESYNC"},
      {esearch, "ESEARCH"},
      {move, "MOVE"},
      {binary, "BINARY"},
      {compress_deflate, "COMPRESS=DEFLATE"},
      {utf8_accept, "UTF8=ACCEPT"},
      {objectid, "OBJECTID"},
      {gmail_extensions, "X-GM-EXT-1"},
  };
  return all;
}

std::set<Capability> known_in(const Capabilities& capabilities) {
  std::set<Capability> known;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Capability::count_); ++i) {
    if (capabilities.has(static_cast<Capability>(i))) known.insert(static_cast<Capability>(i));
  }
  return known;
}

/// Upper, lower and mixed case.
std::vector<std::string> spellings(const std::string& name) {
  std::vector<std::string> all = {name, name, name, name};
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter) continue;
    const char upper = static_cast<char>(c & ~0x20);
    const char lower = static_cast<char>(c | 0x20);
    all[1][i] = upper;
    all[2][i] = lower;
    all[3][i] = i % 2 == 0 ? lower : upper;
  }
  return all;
}

} // namespace

TEST_CASE("capabilities: every one is found by its own name in any case, and by no other") {
  std::set<Capability> tested;
  for (const Row& row : rows()) {
    tested.insert(row.capability);
    for (const std::string& name : spellings(row.name)) {
      CAPTURE(name);
      const auto capabilities = Capabilities::parse(name);
      CHECK(capabilities.has(row.capability));
      CHECK(capabilities.has(std::string_view(row.name)));
      CHECK(capabilities.names() == std::vector<std::string>{spellings(row.name)[1]});
      if (row.capability != Capability::imap4rev2) CHECK(known_in(capabilities).size() == 1);
    }
    for (const std::string& name : {row.name + "X", "X" + row.name, row.name.substr(1)}) {
      CAPTURE(name);
      CHECK(known_in(Capabilities::parse(name)).count(row.capability) == 0);
    }
  }
  CHECK(tested.size() == static_cast<std::size_t>(Capability::count_));
}

TEST_CASE("capabilities: IMAP4rev2 implies what it took in, and only that") {
  using enum Capability;
  const std::set<Capability> expected = {imap4rev2,   literal_minus, unselect,   uidplus, move,
                                         name_space,  enable,        esearch,    sasl_ir, list_extended,
                                         list_status, status_size,   special_use};
  const auto capabilities = Capabilities::parse("IMAP4rev2");
  CHECK(known_in(capabilities) == expected);
  CHECK(capabilities.names() == std::vector<std::string>{"IMAP4REV2"});
  CHECK_FALSE(capabilities.has(std::string_view("MOVE")));
}

TEST_CASE("capabilities: IMAP4rev1 implies nothing") {
  CHECK(known_in(Capabilities::parse("IMAP4rev1")) == std::set<Capability>{Capability::imap4rev1});
}

TEST_CASE("capabilities: LITERAL+ and LITERAL- are told apart") {
  CHECK(known_in(Capabilities::parse("LITERAL+")) == std::set<Capability>{Capability::literal_plus});
  CHECK(known_in(Capabilities::parse("LITERAL-")) == std::set<Capability>{Capability::literal_minus});
  CHECK(known_in(Capabilities::parse("LITERAL")).empty());
}

TEST_CASE("capabilities: APPENDLIMIT has a number or none") {
  CHECK_FALSE(Capabilities::parse("IMAP4rev1").append_limit().has_value());
  CHECK_FALSE(Capabilities::parse("APPENDLIMIT").append_limit().has_value());
  CHECK(Capabilities::parse("APPENDLIMIT").has(std::string_view("appendlimit")));
  CHECK(Capabilities::parse("APPENDLIMIT=35651584").append_limit() == 35'651'584);
  CHECK(Capabilities::parse("appendlimit=0").append_limit() == 0);
  CHECK(Capabilities::parse("APPENDLIMIT=18446744073709551615").append_limit() == 18'446'744'073'709'551'615ull);
  for (const char* bad : {"APPENDLIMIT=", "APPENDLIMIT=x", "APPENDLIMIT=12x", "APPENDLIMIT=-1", "APPENDLIMIT=+1",
                          "APPENDLIMIT=18446744073709551616", "XAPPENDLIMIT=5", "APPENDLIMITS=5"}) {
    CAPTURE(bad);
    CHECK_FALSE(Capabilities::parse(bad).append_limit().has_value());
  }
  CHECK(Capabilities::parse("APPENDLIMIT=10 APPENDLIMIT APPENDLIMIT=x").append_limit() == 10);
  CHECK(Capabilities::parse("APPENDLIMIT=10 APPENDLIMIT=20").append_limit() == 20);
}

TEST_CASE("capabilities: names are kept upper case, in order, without repeats") {
  const auto capabilities = Capabilities::parse("IMAP4rev1 x-Gm-Ext-1 LITERAL+ Literal+ AUTH=XOAUTH2 imap4REV1");
  CHECK(capabilities.names() == std::vector<std::string>{"IMAP4REV1", "X-GM-EXT-1", "LITERAL+", "AUTH=XOAUTH2"});
  CHECK(capabilities.has(std::string_view("X-GM-EXT-1")));
  CHECK(capabilities.has(std::string_view("auth=xoauth2")));
  CHECK_FALSE(capabilities.has(std::string_view("X-GM-EXT")));
  CHECK_FALSE(capabilities.has(std::string_view("")));
}

TEST_CASE("capabilities: blanks of any number separate, and an empty text has none") {
  CHECK(Capabilities::parse("").empty());
  CHECK(Capabilities::parse("   ").empty());
  CHECK(Capabilities::parse("  ID   MOVE \r\n").names() == std::vector<std::string>{"ID", "MOVE"});
}

TEST_CASE("capabilities: too many, too long or empty ones are ignored") {
  Capabilities capabilities;
  capabilities.add("");
  capabilities.add(std::string(201, 'A'));
  CHECK(capabilities.empty());
  capabilities.add(std::string(200, 'A'));
  CHECK(capabilities.names().size() == 1);
  for (int i = 1; i < 1'000; ++i) capabilities.add("X" + std::to_string(i));
  CHECK(capabilities.names().size() == 1'000);
  capabilities.add("MOVE");
  CHECK(capabilities.names().size() == 1'000);
  CHECK_FALSE(capabilities.has(Capability::move));
}

TEST_CASE("capabilities: count_ is no capability") {
  CHECK_FALSE(Capabilities::parse("IMAP4rev2").has(Capability::count_));
}
