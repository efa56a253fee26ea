#include "fetch_request.hpp"

#include "text.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::bench::synthetic {

namespace {

using imap::proto::is_word;
using imap::proto::Lexer;
using Kind = FetchItem::Kind;
using Part = FetchItem::Part;

constexpr std::size_t most_items = 50;
constexpr std::size_t most_fields = 100;

void add(FetchRequest& request, Kind kind) {
  FetchItem item;
  item.kind = kind;
  request.items.push_back(std::move(item));
}

void add_section(FetchRequest& request, Part part, std::string answered_as) {
  FetchItem item;
  item.kind = Kind::section;
  item.part = part;
  item.answered_as = std::move(answered_as);
  request.items.push_back(std::move(item));
}

/// "(SUBJECT "X-Odd")": the names of header fields. False when it is not that.
bool read_fields(std::string_view list, std::vector<std::string>& fields) {
  if (!list.starts_with('(') || !list.ends_with(')')) return false;
  list = list.substr(1, list.size() - 2);
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(' '));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    if (fields.size() == most_fields) return false;
    if (!name.empty()) fields.emplace_back(name);
  }
  return !fields.empty();
}

/// What is between "[" and "]".
bool read_section(std::string_view text, FetchItem& item) {
  const std::string_view name = text.substr(0, text.find(' '));
  const std::string_view rest = text.substr(std::min(text.size(), name.size() + 1));
  if (is_word(name, "HEADER.FIELDS") || is_word(name, "HEADER.FIELDS.NOT")) {
    item.part = is_word(name, "HEADER.FIELDS") ? Part::fields : Part::fields_not;
    return read_fields(rest, item.fields);
  }
  if (is_word(name, "HEADER")) item.part = Part::header;
  if (is_word(name, "TEXT")) item.part = Part::text;
  return rest.empty() && (name.empty() || item.part != Part::whole);
}

/// Nothing, or "<" offset "." length ">".
bool read_partial(Lexer& lexer, FetchItem& item) {
  if (!lexer.next_is('<')) return true;
  std::string_view word = lexer.atom();
  word.remove_prefix(1);
  const bool is_zero = word.starts_with("0.");
  const std::uint32_t offset = take_number(word);
  if ((offset == 0 && !is_zero) || !word.starts_with('.')) return lexer.fail("expected <offset.length>");
  word.remove_prefix(1);
  const std::uint32_t length = take_number(word);
  if (length == 0 || !word.starts_with('>')) return lexer.fail("expected <offset.length>");
  item.offset = offset;
  item.length = length;
  return true;
}

bool read_body(Lexer& lexer, FetchRequest& request) {
  FetchItem item;
  item.kind = Kind::section;
  std::string_view section;
  if (!lexer.brackets(section)) return false;
  if (!read_section(section, item)) return lexer.fail("no such section here");
  item.answered_as = "BODY[" + std::string(section) + "]";
  if (!read_partial(lexer, item)) return false;
  if (item.length) {
    item.answered_as += '<';
    append_number(item.answered_as, item.offset);
    item.answered_as += '>';
  }
  request.items.push_back(std::move(item));
  return true;
}

bool read_item(Lexer& lexer, FetchRequest& request) {
  if (request.items.size() >= most_items) return lexer.fail("too many items");
  const std::string_view word = lexer.item_name();
  if (is_word(word, "UID")) return add(request, Kind::uid), true;
  if (is_word(word, "FLAGS")) return add(request, Kind::flags), true;
  if (is_word(word, "INTERNALDATE")) return add(request, Kind::internal_date), true;
  if (is_word(word, "RFC822.SIZE")) return add(request, Kind::size), true;
  if (is_word(word, "MODSEQ")) return add(request, Kind::mod_seq), true;
  if (is_word(word, "RFC822")) return add_section(request, Part::whole, "RFC822"), true;
  if (is_word(word, "RFC822.HEADER")) return add_section(request, Part::header, "RFC822.HEADER"), true;
  if (is_word(word, "BODY") || is_word(word, "BODY.PEEK")) return read_body(lexer, request);
  return lexer.fail("no such item here");
}

bool read_items(Lexer& lexer, FetchRequest& request) {
  if (!lexer.accept('(')) {
    if (!is_word(lexer.rest().substr(0, 4), "FAST")) return read_item(lexer, request);
    for (const Kind kind : {Kind::flags, Kind::internal_date, Kind::size}) add(request, kind);
    return !lexer.atom().empty();
  }
  do {
    lexer.skip_spaces();
    if (!read_item(lexer, request)) return false;
  } while (lexer.next_is(' '));
  return lexer.expect(')');
}

bool read_modifiers(Lexer& lexer, FetchRequest& request) {
  lexer.skip_spaces();
  if (!lexer.accept('(')) return lexer.expect_end();
  while (!lexer.accept(')')) {
    lexer.skip_spaces();
    const std::string_view word = lexer.atom();
    if (is_word(word, "VANISHED")) {
      request.wants_vanished = true;
    } else if (!is_word(word, "CHANGEDSINCE") || !lexer.expect_space() || !lexer.try_number(request.changed_since)) {
      return lexer.fail("expected CHANGEDSINCE and a number");
    }
    lexer.skip_spaces();
  }
  // Whoever asks what has changed is told when (RFC 7162 section 3.1.4.1).
  if (request.changed_since > 0 && !request.has(Kind::mod_seq)) add(request, Kind::mod_seq);
  return lexer.expect_end();
}

}  // namespace

bool FetchRequest::has(FetchItem::Kind kind) const {
  return std::any_of(items.begin(), items.end(), [kind](const FetchItem& item) { return item.kind == kind; });
}

bool read_fetch_request(Lexer& lexer, FetchRequest& request) {
  return read_items(lexer, request) && read_modifiers(lexer, request);
}

}  // namespace imapferry::bench::synthetic
