#include "imap/proto/lexer.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <limits>
#include <utility>

namespace imapferry::imap::proto {

namespace {

enum CharClass : std::uint8_t {
  atom_char = 1,       // no blank, control character, parenthesis, quote
  word_char = 2,       // no blank, control character
  flag_char = 4,       // no blank, control character, parenthesis
  delimiter_char = 8,  // a token may end before it
  tag_char = 16,
};

constexpr std::array<std::uint8_t, 256> char_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0x21; c < 256; ++c) {
    if (c == 0x7F) continue;
    const bool is_parenthesis = c == '(' || c == ')';
    unsigned bits = word_char;
    if (!is_parenthesis) bits |= flag_char;
    if (!is_parenthesis && c != '"') bits |= atom_char;
    if (!is_parenthesis && c < 0x7F && c != '"' && c != '{' && c != '%' && c != '*' && c != '\\' && c != '+')
      bits |= tag_char;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  for (const char c : {' ', '(', ')'}) classes[static_cast<std::uint8_t>(c)] |= delimiter_char;
  return classes;
}();

bool is(char c, CharClass wanted) { return (char_classes[static_cast<std::uint8_t>(c)] & wanted) != 0; }

std::size_t end_of_run(std::string_view text, std::size_t at, CharClass wanted) {
  while (at < text.size() && is(text[at], wanted)) ++at;
  return at;
}

}  // namespace

std::optional<Condition> condition_of(std::string_view word) noexcept {
  if (is_word(word, "OK")) return Condition::ok;
  if (is_word(word, "NO")) return Condition::no;
  if (is_word(word, "BAD")) return Condition::bad;
  if (is_word(word, "PREAUTH")) return Condition::preauth;
  if (is_word(word, "BYE")) return Condition::bye;
  return std::nullopt;
}

bool is_tag_char(char c) noexcept { return is(c, tag_char); }

std::string literal_not_kept(std::uint64_t size, const ParserLimits& limits) {
  return fmt::format("a literal of {} bytes where at most {} of one response are kept", size, limits.inline_literals);
}

bool Lexer::at_delimiter() const noexcept { return at_end() || is(text_[at_], delimiter_char); }

bool Lexer::at_string() const noexcept {
  if (next_is('"') || next_is('{')) return true;
  return next_is('~') && at_ + 1 < text_.size() && text_[at_ + 1] == '{';
}

bool Lexer::accept_nil() noexcept {
  const std::size_t end = end_of_run(text_, at_, atom_char);
  if (!is_word(text_.substr(at_, end - at_), "NIL")) return false;
  at_ = end;
  return true;
}

bool Lexer::expect(char c) { return accept(c) || fail_expected(fmt::format("'{}'", c)); }

bool Lexer::expect_space() {
  if (!next_is(' ')) return fail_expected("' '");
  skip_spaces();
  return true;
}

bool Lexer::expect_end() {
  skip_spaces();
  return at_end() || fail_expected("the end of the response");
}

std::string_view Lexer::atom() noexcept {
  const std::size_t start = std::exchange(at_, end_of_run(text_, at_, atom_char));
  return text_.substr(start, at_ - start);
}

std::string_view Lexer::item_name() noexcept {
  const std::size_t start = at_;
  while (at_ < text_.size() && is(text_[at_], atom_char) && text_[at_] != '[') ++at_;
  return text_.substr(start, at_ - start);
}

std::string_view Lexer::word() noexcept {
  const std::size_t start = std::exchange(at_, end_of_run(text_, at_, word_char));
  return text_.substr(start, at_ - start);
}

bool Lexer::try_number(std::uint64_t& value) noexcept {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  std::size_t next = at_;
  for (; next < text_.size() && text_[next] >= '0' && text_[next] <= '9'; ++next) {
    const auto digit = static_cast<std::uint64_t>(text_[next] - '0');
    if (number > (largest - digit) / 10) return false;
    number = number * 10 + digit;
  }
  if (next == at_ || (next < text_.size() && !is(text_[next], delimiter_char))) return false;
  at_ = next;
  value = number;
  return true;
}

bool Lexer::number(std::uint32_t& value) {
  const std::size_t start = at_;
  std::uint64_t wide = 0;
  if (!try_number(wide)) return fail_expected("a number");
  if (wide > std::numeric_limits<std::uint32_t>::max()) {
    return fail_at(start, fmt::format("expected a number of 32 bits, saw {}", wide));
  }
  value = static_cast<std::uint32_t>(wide);
  return true;
}

bool Lexer::string(std::string_view& value) {
  if (next_is('"')) return quoted(value);
  if (!at_string()) return fail_expected("a string");
  accept('~');
  return literal(value);
}

bool Lexer::astring(std::string_view& value) {
  if (at_string()) return string(value);
  value = atom();
  return !value.empty() || fail_expected("a string or an atom");
}

bool Lexer::quoted(std::string_view& value) {
  const std::size_t start = at_ + 1;
  for (std::size_t next = start; next < text_.size(); ++next) {
    const char c = text_[next];
    if (c == '"') {
      value = text_.substr(start, next - start);
      at_ = next + 1;
      return true;
    }
    if (c == '\\') return unescape(start, value);
    if (c == '\n') {
      at_ = next;
      return fail_expected("'\"'");
    }
  }
  at_ = text_.size();
  return fail_expected("'\"'");
}

bool Lexer::unescape(std::size_t start, std::string_view& value) {
  std::size_t end = start;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') {
    end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' ? 2 : 1;
  }
  at_ = end;
  if (!next_is('"')) return fail_expected("'\"'");
  ++at_;

  char* const bytes = scratch_.take(end - start);
  std::size_t size = 0;
  for (std::size_t next = start; next < end; ++next) {
    // A server that writes "a\b" does not know that it has to escape, so the backslash belongs to the string.
    if (text_[next] == '\\' && (text_[next + 1] == '"' || text_[next + 1] == '\\')) ++next;
    bytes[size++] = text_[next];
  }
  value = {bytes, size};
  return true;
}

bool Lexer::literal(std::string_view& value) {
  const auto header = literal_header_at(text_, at_);
  if (!header) return fail("expected \"{size}\" and the end of the line for a literal");
  if (header->size > text_.size() - header->end) {
    return fail(literal_not_kept(header->size, limits_));
  }
  const auto size = static_cast<std::size_t>(header->size);
  value = text_.substr(header->end, size);
  at_ = header->end + size;
  return true;
}

const LiteralHeader* Lexer::at_streamed_literal() const noexcept {
  if (streamed_ == nullptr) return nullptr;
  const bool here = at_ == streamed_->at || (next_is('~') && at_ + 1 == streamed_->at);
  return here ? streamed_ : nullptr;
}

bool Lexer::flag_list(std::vector<std::string_view>& flags) {
  flags.clear();
  if (!expect('(')) return false;
  for (;;) {
    skip_spaces();
    if (accept(')')) return true;
    const std::size_t end = end_of_run(text_, at_, flag_char);
    if (end == at_) return fail_expected("a flag or ')'");
    if (flags.size() == limits_.items) return fail(fmt::format("more than {} flags in one list", limits_.items));
    flags.push_back(text_.substr(at_, end - at_));
    at_ = end;
  }
}

bool Lexer::astring_list(std::vector<std::string_view>& values) {
  values.clear();
  if (!expect('(')) return false;
  for (;;) {
    skip_spaces();
    if (accept(')')) return true;
    if (values.size() == limits_.items) return fail(fmt::format("more than {} elements in one list", limits_.items));
    std::string_view value;
    if (!astring(value)) return false;
    values.push_back(value);
    if (!at_delimiter()) return fail_expected("' ' or ')'");
  }
}

bool Lexer::delimiter(char& value) {
  value = '\0';
  if (accept_nil()) return true;
  const std::size_t start = at_;
  std::string_view text;
  if (!astring(text)) return false;
  if (text.size() > 1) return fail_at(start, "expected a delimiter of one character or NIL");
  if (!text.empty()) value = text.front();
  return true;
}

bool Lexer::brackets(std::string_view& inside) {
  const std::size_t start = at_ + 1;
  if (!expect('[')) return false;
  while (!next_is(']')) {
    if (next_is('"') || next_is('{')) {
      std::string_view ignored;
      if (!string(ignored)) return false;
    } else if (at_end() || text_[at_] == '\n') {
      return fail_expected("']'");
    } else {
      ++at_;
    }
  }
  inside = text_.substr(start, at_ - start);
  ++at_;
  return true;
}

bool Lexer::origin() {
  if (!accept('<')) return true;
  while (!at_end() && ((text_[at_] >= '0' && text_[at_] <= '9') || text_[at_] == '.')) ++at_;
  return expect('>');
}

bool Lexer::read_over(std::size_t depth) {
  const std::size_t outer = depth;
  for (;;) {
    skip_spaces();
    if (next_is('(')) {
      if (++depth > limits_.nesting) return fail(fmt::format("more than {} open parentheses", limits_.nesting));
      ++at_;
    } else if (depth > outer && accept(')')) {
      --depth;
    } else if (at_string()) {
      std::string_view ignored;
      if (!string(ignored)) return false;
    } else {
      if (atom().empty()) return fail_expected(depth > outer ? "a value or ')'" : "a value");
    }
    if (depth == outer) return true;
  }
}

bool Lexer::fail_at(std::size_t at, std::string message) {
  if (failure_.empty()) {
    failed_at_ = at;
    failure_ = std::move(message);
  }
  return false;
}

bool Lexer::fail_expected(std::string_view what) {
  if (at_end()) return fail(fmt::format("expected {}, saw the end of the response", what));
  return fail(fmt::format("expected {}, saw '{}'", what, core::printable(text_.substr(at_, 1))));
}

}  // namespace imapferry::imap::proto
