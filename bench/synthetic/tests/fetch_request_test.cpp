#include "fetch_answer.hpp"
#include "fetch_request.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace imapferry;
using namespace imapferry::bench::synthetic;

namespace {

bool read(std::string_view text, FetchRequest& request) {
  imap::proto::Scratch scratch;
  const imap::proto::ParserLimits limits;
  imap::proto::Lexer lexer(text, scratch, limits);
  return read_fetch_request(lexer, request);
}

}  // namespace

TEST_CASE("fetch: items and modifiers") {
  FetchRequest request;
  REQUIRE(read("(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID RECEIVED)] BODY[]<5.10>) "
               "(CHANGEDSINCE 3)",
               request));
  REQUIRE(request.items.size() == 7);
  CHECK(request.items[4].part == FetchItem::Part::fields);
  CHECK(request.items[4].answered_as == "BODY[HEADER.FIELDS (MESSAGE-ID RECEIVED)]");
  CHECK(request.items[4].fields == std::vector<std::string>{"MESSAGE-ID", "RECEIVED"});
  CHECK(request.items[5].answered_as == "BODY[]<5>");
  CHECK(request.items[5].offset == 5);
  CHECK(request.items[5].length == 10);
  CHECK(request.items[6].kind == FetchItem::Kind::mod_seq);
  CHECK(request.changed_since == 3);
}

TEST_CASE("fetch: each form of a section") {
  struct Case {
    const char* text;
    FetchItem::Part part;
  };
  const Case cases[] = {
      {"BODY[]", FetchItem::Part::whole},
      {"body.peek[header]", FetchItem::Part::header},
      {"BODY[TEXT]<0.1>", FetchItem::Part::text},
      {"BODY[HEADER.FIELDS.NOT (\"SUBJECT\")]", FetchItem::Part::fields_not},
      {"RFC822", FetchItem::Part::whole},
      {"RFC822.HEADER", FetchItem::Part::header},
  };
  for (const Case& example : cases) {
    CAPTURE(example.text);
    FetchRequest request;
    REQUIRE(read(example.text, request));
    REQUIRE(request.items.size() == 1);
    CHECK(request.items.front().part == example.part);
  }
}

TEST_CASE("fetch: what is not known or not well formed is refused") {
  for (const char* text :
       {"", "(", "()", "(UID", "ENVELOPE", "BODY", "BODY[", "BODY[1]", "BODY[HEADER.FIELDS]", "BODY[HEADER.FIELDS ()]",
        "BODY[]<0>", "BODY[]<1.0>", "BODY[]<x.1>", "UID (CHANGEDSINCE)", "UID (OTHER 1)", "UID rest"}) {
    FetchRequest request;
    CAPTURE(text);
    CHECK_FALSE(read(text, request));
  }
}

TEST_CASE("fetch: header fields come with their continuation lines, and an empty line behind them") {
  Content content;
  content.header = "A: 1\r\nB: 2\r\n\tmore\r\nC: 3\r\n\r\n";
  const auto answer = [&content](const char* text) {
    FetchRequest request;
    REQUIRE(read(text, request));
    std::string scratch;
    return std::string(section_of(request.items.front(), content, scratch).text);
  };
  CHECK(answer("BODY[HEADER.FIELDS (b)]") == "B: 2\r\n\tmore\r\n\r\n");
  CHECK(answer("BODY[HEADER.FIELDS.NOT (b)]") == "A: 1\r\nC: 3\r\n\r\n");
  CHECK(answer("BODY[HEADER.FIELDS (x)]") == "\r\n");
  CHECK(answer("BODY[HEADER]<1.4>") == ": 1\r");
  CHECK(answer("BODY[HEADER]<1000.4>").empty());
}
