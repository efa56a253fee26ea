#pragma once

#include "imap/proto/literal.hpp"
#include "imap/proto/parser.hpp"
#include "imap/proto/scratch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// Compares a word of the server with one of ours, which is in upper case.
[[nodiscard]] inline bool is_word(std::string_view text, std::string_view upper) noexcept {
  if (text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    if (c != upper[i]) return false;
  }
  return true;
}

/// OK, NO, BAD, PREAUTH or BYE.
[[nodiscard]] std::optional<Condition> condition_of(std::string_view word) noexcept;

/// Whether a tag may begin with it.
[[nodiscard]] bool is_tag_char(char c) noexcept;

/// What to say of a literal that is too large to be kept and is no body section's.
[[nodiscard]] std::string literal_not_kept(std::uint64_t size, const ParserLimits& limits);

/// Reads the tokens of a response, or of the part of it before, between or after streamed literals. It is stricter than
/// servers are only where it would lose its place. The first failure is kept; a method that returns false has set it,
/// unless its name begins with accept, skip or try.
class Lexer {
 public:
  /// `streamed` is the literal that ends the text without being in it; null when there is none.
  Lexer(std::string_view text, Scratch& scratch, const ParserLimits& limits, const LiteralHeader* streamed = nullptr)
      : text_(text), scratch_(scratch), limits_(limits), streamed_(streamed) {}

  [[nodiscard]] const ParserLimits& limits() const noexcept { return limits_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  [[nodiscard]] bool next_is(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
  /// At the end, a space or a parenthesis: where a token may end.
  [[nodiscard]] bool at_delimiter() const noexcept;
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

  bool accept(char c) noexcept {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  /// The word NIL, in any case.
  bool accept_nil() noexcept;
  void skip_spaces() noexcept {
    while (next_is(' ')) ++at_;
  }

  bool expect(char c);
  /// One space or more.
  bool expect_space();
  /// Spaces or nothing, and then the end.
  bool expect_end();

  /// A run of bytes without blanks, control characters, parentheses and quotes; empty when there is none.
  std::string_view atom() noexcept;
  /// The same, ending also at "[".
  std::string_view item_name() noexcept;
  /// Whatever is between blanks.
  std::string_view word() noexcept;

  /// A number of at most 64 bits with a delimiter behind it; otherwise stays where it is.
  bool try_number(std::uint64_t& value) noexcept;
  bool number(std::uint32_t& value);
  /// Quoted or literal (also literal8).
  bool string(std::string_view& value);
  bool astring(std::string_view& value);
  [[nodiscard]] bool at_string() const noexcept;
  /// "(" *flag ")", where a flag is any bytes but blanks, control characters and parentheses.
  bool flag_list(std::vector<std::string_view>& flags);
  /// "(" *astring ")".
  bool astring_list(std::vector<std::string_view>& values);
  /// NIL, an empty string, or one character: '\0' for the former.
  bool delimiter(char& value);
  /// The text between "[" and "]", in which quoted strings and literals may hold a "]".
  bool brackets(std::string_view& inside);
  /// Nothing, or "<" number ">": the origin of a partial FETCH.
  bool origin();
  /// Any one value, whatever its shape, in `depth` open parentheses.
  bool read_over(std::size_t depth);

  /// The literal to be streamed, when the text has come to it.
  [[nodiscard]] const LiteralHeader* at_streamed_literal() const noexcept;

  /// Always false, so that it can be returned. Only the first failure counts.
  bool fail(std::string message) { return fail_at(at_, std::move(message)); }
  bool fail_at(std::size_t at, std::string message);
  /// "expected ..., saw 'x'"
  bool fail_expected(std::string_view what);
  [[nodiscard]] std::size_t failed_at() const noexcept { return failed_at_; }
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

 private:
  bool quoted(std::string_view& value);
  bool unescape(std::size_t start, std::string_view& value);
  bool literal(std::string_view& value);

  std::string_view text_;
  Scratch& scratch_;
  const ParserLimits& limits_;
  const LiteralHeader* streamed_;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  std::string failure_;
};

}  // namespace imapferry::imap::proto
