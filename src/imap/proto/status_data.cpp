// Status responses: OK, NO, BAD, PREAUTH, BYE, tagged or not.
#include "imap/proto/data_parsers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::imap::proto {

namespace {

/// Where the "]" is that ends a response code. One in a quoted string or in a list (of flags) does not.
std::size_t find_end_of_code(std::string_view text) {
  bool in_quotes = false;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_quotes) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        in_quotes = false;
    } else if (c == '"') {
      in_quotes = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (c == ']' && depth == 0) {
      return at;
    }
  }
  return text.find(']');
}

}  // namespace

/// RFC 9051: resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text; resp-text = ["[" resp-text-code "]" SP] [text].
/// Nothing in it is an error but the condition: the text is for people, and some servers leave it out with its blank.
bool parse_status(Lexer& lexer, StatusResponse& response) {
  const std::string_view word = lexer.rest().substr(0, lexer.rest().find_first_of(" \r"));
  const auto condition = condition_of(word);
  const bool is_tagged = !response.tag.empty();
  if (!condition || (is_tagged && (*condition == Condition::preauth || *condition == Condition::bye))) {
    return lexer.fail(fmt::format("expected OK, NO or BAD behind a tag, saw \"{}\"", core::printable(word, 20)));
  }
  lexer.word();
  response.condition = *condition;
  lexer.skip_spaces();
  response.text = lexer.rest();
  if (!lexer.next_is('[')) return true;

  const std::string_view inside = response.text.substr(1);
  const std::size_t end = find_end_of_code(inside);
  if (end == std::string_view::npos) return true;
  const std::string_view code = inside.substr(0, end);
  const std::size_t blank = std::min(code.find(' '), code.size());
  const std::size_t argument = std::min(code.find_first_not_of(' ', blank), code.size());
  const std::size_t text = std::min(inside.find_first_not_of(' ', end + 1), inside.size());
  response.code.name = code.substr(0, blank);
  response.code.argument = code.substr(argument);
  response.text = inside.substr(text);
  return true;
}

}  // namespace imapferry::imap::proto
