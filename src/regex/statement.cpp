#include "regex/statement.hpp"

#include "regex/characters.hpp"

#include <fmt/format.h>

namespace imapferry::regex {

namespace {

/// The delimiter that closes what this one opens.
char closing(char open) {
  switch (open) {
  case '(': return ')';
  case '[': return ']';
  case '{': return '}';
  case '<': return '>';
  default: return open;
  }
}

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_blank(text[at])) ++at;
}

/// Between the parts of an operator, where Perl allows them.
void skip_blanks_and_comments(std::string_view text, std::size_t& at) {
  skip_blanks(text, at);
  while (at < text.size() && text[at] == '#') {
    while (at < text.size() && text[at] != '\n') ++at;
    skip_blanks(text, at);
  }
}

class Splitter {
 public:
  explicit Splitter(std::string_view expression) : text_(expression) {}

  core::Result<std::vector<Statement>> run() {
    std::vector<Statement> statements;
    for (;;) {
      while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == ';')) ++at_;
      if (at_ == text_.size()) break;
      core::Result<Statement> statement = take_statement();
      if (!statement) return statement.error();
      statements.push_back(std::move(*statement));
    }
    if (statements.empty()) return wrong_expression(text_, 0, "it is empty");
    return statements;
  }

 private:
  core::Result<Statement> take_statement() {
    Statement statement;
    if (!take_operator(statement.kind)) {
      return wrong_expression(text_, at_, "an operator of Perl is expected here: s/a/b/, tr/a/b/ or m/a/");
    }
    core::Result<Quoted> first = read_quoted(text_, at_);
    if (!first) return first.error();
    statement.first = std::move(*first);
    if (statement.kind != Statement::Kind::match) {
      core::Result<Quoted> second = take_second(statement.first.delimiter);
      if (!second) return second.error();
      statement.second = std::move(*second);
    }
    statement.modifiers_at = at_;
    while (at_ < text_.size() && is_word(text_[at_])) statement.modifiers += text_[at_++];
    skip_blanks(text_, at_);
    if (at_ < text_.size() && text_[at_] != ';') {
      return wrong_expression(text_, at_, "nothing but another operator behind a \";\" may follow");
    }
    return statement;
  }

  /// Leaves the place at the opening delimiter.
  bool take_operator(Statement::Kind& kind) {
    if (text_[at_] == '/') {
      kind = Statement::Kind::match;
      return true;
    }
    const std::size_t begin = at_;
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = text_.substr(begin, end - begin);
    if (word == "s") {
      kind = Statement::Kind::substitute;
    } else if (word == "tr" || word == "y") {
      kind = Statement::Kind::transliterate;
    } else if (word == "m") {
      kind = Statement::Kind::match;
    } else {
      return false;
    }
    at_ = end;
    // "s #a#b#" is an s and a comment.
    if (at_ < text_.size() && is_blank(text_[at_])) skip_blanks_and_comments(text_, at_);
    return true;
  }

  core::Result<Quoted> take_second(char first_delimiter) {
    if (closing(first_delimiter) != first_delimiter) {
      skip_blanks_and_comments(text_, at_);
    } else {
      --at_;  // one delimiter stands between both
    }
    return read_quoted(text_, at_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

core::Failure wrong_expression(std::string_view expression, std::size_t at, std::string_view why) {
  return {core::Fault::usage,
          fmt::format("the expression \"{}\" is wrong at byte {}: {}", core::printable(expression), at, why),
          {}};
}

core::Result<Quoted> read_quoted(std::string_view expression, std::size_t& at) {
  if (at >= expression.size()) return wrong_expression(expression, at, "it ends where a delimiter is expected");
  const char open = expression[at];
  const char close = closing(open);
  if (open == '\\' || is_blank(open)) return wrong_expression(expression, at, "this cannot be a delimiter");
  const std::size_t begin = at++;
  Quoted quoted{{}, open, at};
  std::size_t depth = 1;
  for (; at < expression.size(); ++at) {
    const char here = expression[at];
    if (here == '\\' && at + 1 < expression.size()) {
      ++at;
      // As in Perl: a delimiter that is a character of its own kind loses its backslash, brackets keep it.
      if (open != close || expression[at] != close) quoted.text += here;
      quoted.text += expression[at];
      continue;
    }
    if (here == close && --depth == 0) {
      ++at;
      return quoted;
    }
    if (here == open && open != close) ++depth;
    quoted.text += here;
  }
  return wrong_expression(expression, begin, fmt::format("the \"{}\" here has no \"{}\" that ends it", open, close));
}

bool take_modifier(char modifier, Modifiers& modifiers) {
  switch (modifier) {
  case 'i': modifiers.ignore_case = true; return true;
  case 'm': modifiers.multiline = true; return true;
  case 's': modifiers.dot_all = true; return true;
  case 'n': modifiers.no_auto_capture = true; return true;
  case 'x':
    modifiers.extended_more = modifiers.extended;
    modifiers.extended = true;
    return true;
  case 'a':
  case 'd':
  case 'o':
  case 'p': return true;
  default: return false;
  }
}

core::Result<std::vector<Statement>> split_statements(std::string_view expression) {
  return Splitter(expression).run();
}

}  // namespace imapferry::regex
