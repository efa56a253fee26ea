#include "regex/characters.hpp"
#include "regex/statement.hpp"
#include "regex/template_parser.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace imapferry::regex {

namespace {

using Kind = Template::Kind;

constexpr std::size_t deepest = 50;
constexpr std::array<std::pair<std::string_view, Kind>, 5> functions{{{"uc", Kind::upper},
                                                                      {"lc", Kind::lower},
                                                                      {"ucfirst", Kind::upper_first},
                                                                      {"lcfirst", Kind::lower_first},
                                                                      {"quotemeta", Kind::quoted}}};

/// choice  = joined [ "?" choice ":" choice ]
/// joined  = term *( "." term )
/// term    = "(" choice ")" / "$..." / "'...'" / '"..."' / q{...} / qq{...} / number
///         / "defined" ["("] "$1" [")"] / function "(" choice ")"
class CodeParser {
 public:
  CodeParser(const TemplateSource& source, const Variables& variables, const Pattern& pattern)
      : source_(source), text_(source.text), variables_(variables), pattern_(pattern) {}

  core::Result<Template> run() {
    core::Result<Template> result = choice();
    if (!result) return result;
    if (peek() != '\0') return wrong();
    return result;
  }

 private:
  core::Result<Template> choice() {
    if (++depth_ > deepest) return wrong();
    core::Result<Template> condition = joined();
    if (!condition) return condition;
    if (take('?')) {
      Template result{Kind::choice, {}, 0, {}};
      core::Result<Template> yes = choice();
      if (!yes) return yes;
      if (!take(':')) return wrong();
      core::Result<Template> no = choice();
      if (!no) return no;
      result.parts.push_back(std::move(*condition));
      result.parts.push_back(std::move(*yes));
      result.parts.push_back(std::move(*no));
      condition = std::move(result);
    }
    --depth_;
    return condition;
  }

  core::Result<Template> joined() {
    Template result;
    do {
      core::Result<Template> part = term();
      if (!part) return part;
      result.parts.push_back(std::move(*part));
    } while (take('.'));
    return result;
  }

  core::Result<Template> term() {
    const char next = peek();
    if (next == '$') return variable();
    if (next == '\'' || next == '"') return string(next == '"');
    if (next == '(') return in_parentheses(Kind::sequence);
    if (!is_word(next)) return wrong();
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.find_first_not_of("0123456789") == std::string_view::npos && (word.size() == 1 || word.front() != '0')) {
      at_ = end;
      return Template{Kind::text, std::string(word), 0, {}};
    }
    const std::size_t begin = std::exchange(at_, end);
    if (word == "q" || word == "qq") return peek() == '\0' ? wrong() : string(word == "qq");
    if (word == "defined") return defined();
    for (const auto& [name, kind] : functions) {
      if (name == word && peek() == '(') return in_parentheses(kind);
    }
    at_ = begin;
    return wrong();
  }

  core::Result<Template> in_parentheses(Kind kind) {
    take('(');
    Template result{kind, {}, 0, {}};
    core::Result<Template> inner = choice();
    if (!inner) return inner;
    if (!take(')')) return wrong();
    result.parts.push_back(std::move(*inner));
    return result;
  }

  core::Result<Template> defined() {
    const bool is_open = take('(');
    if (peek() != '$') return wrong();
    core::Result<Template> result = variable();
    if (!result) return result;
    if (is_open && !take(')')) return wrong();
    if (result->kind == Kind::group) {
      result->kind = Kind::is_defined;
    } else {
      *result = Template{Kind::text, "1", 0, {}};
    }
    return result;
  }

  core::Result<Template> variable() {
    const TemplateSource rest = here();
    std::size_t taken = 0;
    core::Result<std::optional<Template>> part = parser_of(rest).take_variable(taken);
    if (!part) return part.error();
    at_ += taken;
    return std::move(**part);
  }

  core::Result<Template> string(bool is_expanded) {
    core::Result<Quoted> quoted = read_quoted(text_, at_);
    if (!quoted) return quoted.error();
    if (!is_expanded) return literal_replacement(quoted->text);
    const TemplateSource inner{source_.expression, quoted->text, source_.at + quoted->at};
    return parser_of(inner).run();
  }

  [[nodiscard]] TemplateSource here() const { return {source_.expression, text_.substr(at_), source_.at + at_}; }
  [[nodiscard]] TemplateParser parser_of(const TemplateSource& source) const {
    return {source, TemplateParser::Role::replacement, variables_, &pattern_};
  }

  char peek() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char expected) {
    const bool is_next = peek() == expected;
    if (is_next) ++at_;
    return is_next;
  }

  [[nodiscard]] core::Failure wrong() const {
    return wrong_expression(source_.expression, source_.at + at_,
                            "/e asks for Perl code, and there is no Perl here: of it only $1, strings, \".\", "
                            "\"?:\", defined, uc, lc, ucfirst and lcfirst are understood");
  }

  const TemplateSource& source_;
  std::string_view text_;
  const Variables& variables_;
  const Pattern& pattern_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

core::Result<Template> parse_replacement_code(const TemplateSource& source, const Variables& variables,
                                              const Pattern& pattern) {
  return CodeParser(source, variables, pattern).run();
}

}  // namespace imapferry::regex
