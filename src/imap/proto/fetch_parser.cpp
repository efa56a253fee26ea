#include "imap/proto/fetch_parser.hpp"

#include <fmt/format.h>

#include <utility>

namespace imapferry::imap::proto {

namespace {

constexpr std::size_t item_depth = 1;  // parentheses around each item

template <class T>
void clear_for_reuse(std::vector<T>& elements) {
  constexpr std::size_t most_kept = 1024;
  if (elements.capacity() > most_kept) elements = {};
  elements.clear();
}

ParseProgress progress(bool read) { return read ? ParseProgress::complete : ParseProgress::failed; }

}  // namespace

ParseProgress FetchParser::begin(std::uint32_t sequence, Lexer& lexer) {
  clear();
  response_.sequence = sequence;
  lexer.skip_spaces();
  if (!lexer.expect('(')) return ParseProgress::failed;
  return items(lexer);
}

ParseProgress FetchParser::resume(Lexer& lexer) {
  response_.sections.push_back(streamed_);
  if (!lexer.at_delimiter()) return progress(lexer.fail_expected("' ' or ')'"));
  return items(lexer);
}

ParseProgress FetchParser::items(Lexer& lexer) {
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return progress(lexer.expect_end());
    const ParseProgress read = item(lexer);
    if (read != ParseProgress::complete) return read;
    // Where the next item does not stand apart, the literal before it had another size than the server said.
    if (!lexer.at_delimiter()) return progress(lexer.fail_expected("' ' or ')'"));
  }
}

ParseProgress FetchParser::item(Lexer& lexer) {
  const std::string_view name = lexer.item_name();
  if (lexer.next_is('[')) {
    BodySection section;
    if (!lexer.brackets(section.section) || !lexer.origin()) return ParseProgress::failed;
    section.binary = is_word(name, "BINARY");
    if (section.binary || is_word(name, "BODY") || is_word(name, "BODY.PEEK")) return section_item(section, lexer);
    return progress(lexer.read_over(item_depth));
  }
  if (name.empty()) return progress(lexer.fail_expected("an item of FETCH or ')'"));

  constexpr std::pair<std::string_view, std::string_view> old_names[] = {
      {"RFC822", ""}, {"RFC822.HEADER", "HEADER"}, {"RFC822.TEXT", "TEXT"}};
  for (const auto& [old_name, section_text] : old_names) {
    if (!is_word(name, old_name)) continue;
    BodySection section;
    section.section = section_text;
    return section_item(section, lexer);
  }
  lexer.skip_spaces();
  return progress(value_of(name, lexer));
}

ParseProgress FetchParser::section_item(BodySection section, Lexer& lexer) {
  lexer.skip_spaces();
  if (response_.sections.size() == lexer.limits().items) {
    return progress(lexer.fail(fmt::format("more than {} body sections", lexer.limits().items)));
  }
  if (const LiteralHeader* literal = lexer.at_streamed_literal()) {
    section.streamed = true;
    section.size = literal->size;
    streamed_ = section;
    return ParseProgress::at_literal;
  }
  if (lexer.accept_nil()) {
    section.nil = true;
  } else if (!lexer.string(section.data)) {
    return ParseProgress::failed;
  }
  section.size = section.data.size();
  response_.sections.push_back(section);
  return ParseProgress::complete;
}

bool FetchParser::value_of(std::string_view name, Lexer& lexer) {
  if (is_word(name, "UID")) return lexer.number(response_.uid);
  if (is_word(name, "FLAGS")) {
    response_.has_flags = true;
    response_.flags.clear();
    return lexer.accept_nil() || lexer.flag_list(response_.flags);
  }
  if (is_word(name, "INTERNALDATE")) return internal_date(lexer);
  if (is_word(name, "RFC822.SIZE")) {
    // Servers were seen to write 9.3736e+06; the size is a hint, and none is better than a failure.
    std::uint64_t size = 0;
    if (!lexer.try_number(size)) return lexer.read_over(item_depth);
    response_.size = size;
    return true;
  }
  if (is_word(name, "MODSEQ")) return mod_seq(lexer);
  if (is_word(name, "EMAILID")) return email_id(lexer);
  if (is_word(name, "X-GM-LABELS")) {
    response_.has_labels = true;
    response_.labels.clear();
    return lexer.accept_nil() || lexer.astring_list(response_.labels);
  }
  return lexer.read_over(item_depth);
}

bool FetchParser::internal_date(Lexer& lexer) {
  if (!lexer.at_string()) return lexer.read_over(item_depth);
  std::string_view date;
  if (!lexer.string(date)) return false;
  response_.internal_date = date;
  return true;
}

bool FetchParser::mod_seq(Lexer& lexer) {
  const bool in_parentheses = lexer.accept('(');
  lexer.skip_spaces();
  std::uint64_t value = 0;
  if (lexer.try_number(value)) {
    response_.mod_seq = value;
  } else if (!lexer.read_over(item_depth + 1)) {
    return false;
  }
  lexer.skip_spaces();
  return !in_parentheses || lexer.expect(')');
}

bool FetchParser::email_id(Lexer& lexer) {
  if (lexer.accept_nil()) return true;
  const bool in_parentheses = lexer.accept('(');
  lexer.skip_spaces();
  if (!lexer.astring(response_.email_id)) return false;
  if (!in_parentheses) return true;
  lexer.skip_spaces();
  return lexer.expect(')');
}

void FetchParser::clear() {
  response_.uid = 0;
  response_.has_flags = false;
  clear_for_reuse(response_.flags);
  response_.internal_date.reset();
  response_.size.reset();
  response_.mod_seq.reset();
  response_.email_id = {};
  response_.has_labels = false;
  clear_for_reuse(response_.labels);
  clear_for_reuse(response_.sections);
}

}  // namespace imapferry::imap::proto
