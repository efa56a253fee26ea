// Sets of messages: SEARCH, ESEARCH, VANISHED.
#include "imap/proto/data_parsers.hpp"

#include <fmt/format.h>

#include <utility>

namespace imapferry::imap::proto {

namespace {

bool parse_set(Lexer& lexer, UidSet& set) {
  const std::string_view text = lexer.rest().substr(0, lexer.rest().find_first_not_of("0123456789:,"));
  auto parsed = UidSet::parse(text, lexer.limits().items);
  if (!parsed) {
    return lexer.fail(fmt::format("expected a set of at most {} ranges of numbers, saw \"{}\"", lexer.limits().items,
                                  core::printable(lexer.rest(), 20)));
  }
  lexer.atom();
  set = *std::move(parsed);
  return true;
}

/// The number of an optional item.
bool parse_number(Lexer& lexer, std::optional<std::uint32_t>& value) {
  std::uint32_t number = 0;
  if (!lexer.number(number)) return false;
  value = number;
  return true;
}

/// RFC 4731: "(" "TAG" SP string ")"; RFC 7377 puts more pairs into it.
bool parse_correlator(Lexer& lexer, std::string_view& tag) {
  constexpr std::size_t depth = 1;
  if (!lexer.expect('(')) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return true;
    const std::string_view name = lexer.atom();
    if (name.empty()) return lexer.fail_expected("TAG or ')'");
    lexer.skip_spaces();
    if (!(is_word(name, "TAG") ? lexer.astring(tag) : lexer.read_over(depth))) return false;
  }
}

}  // namespace

/// RFC 3501: *(SP nz-number), and RFC 7162: [SP "(" "MODSEQ" SP mod-sequence-value ")"]
bool parse_search(Lexer& lexer, SearchResponse& response) {
  for (;;) {
    lexer.skip_spaces();
    if (lexer.at_end()) return true;
    if (lexer.next_is('(')) return lexer.read_over(0) && lexer.expect_end();
    if (response.numbers.size() == lexer.limits().items) {
      return lexer.fail(fmt::format("more than {} numbers", lexer.limits().items));
    }
    std::uint32_t number = 0;
    if (!lexer.number(number)) return false;
    response.numbers.push_back(number);
  }
}

/// RFC 9051: [SP search-correlator] [SP "UID"] *(SP search-return-data)
bool parse_esearch(Lexer& lexer, ESearchResponse& response) {
  lexer.skip_spaces();
  if (lexer.next_is('(') && !parse_correlator(lexer, response.tag)) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.at_end()) return true;
    const std::string_view name = lexer.atom();
    if (name.empty()) return lexer.fail_expected("an item of ESEARCH");
    lexer.skip_spaces();
    bool read = true;
    if (is_word(name, "UID"))
      response.uid = true;
    else if (is_word(name, "MIN"))
      read = parse_number(lexer, response.min);
    else if (is_word(name, "MAX"))
      read = parse_number(lexer, response.max);
    else if (is_word(name, "COUNT"))
      read = parse_number(lexer, response.count);
    else if (is_word(name, "ALL"))
      read = parse_set(lexer, response.all);
    else
      read = lexer.read_over(0);
    if (!read) return false;
  }
}

/// RFC 7162: [SP "(EARLIER)"] SP known-uids
bool parse_vanished(Lexer& lexer, VanishedResponse& response) {
  lexer.skip_spaces();
  if (lexer.accept('(')) {
    lexer.skip_spaces();
    if (!is_word(lexer.atom(), "EARLIER")) return lexer.fail_expected("(EARLIER) or a set of UIDs");
    response.earlier = true;
    lexer.skip_spaces();
    if (!lexer.expect(')')) return false;
    lexer.skip_spaces();
  }
  return parse_set(lexer, response.uids) && lexer.expect_end();
}

}  // namespace imapferry::imap::proto
