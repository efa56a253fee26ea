#include "regex/template_parser.hpp"

#include "regex/characters.hpp"
#include "regex/statement.hpp"

#include <fmt/format.h>

#include <charconv>

namespace imapferry::regex {

namespace {

using Kind = Template::Kind;
using Part = std::optional<Template>;

constexpr std::size_t deepest = 50;
constexpr std::string_view case_modifiers = "LUF";
constexpr std::string_view modifiers = "LUFQEul";

Template text_of(std::string text) { return {Kind::text, std::move(text), 0, {}}; }

Kind kind_of(char modifier) {
  switch (modifier) {
  case 'U': return Kind::upper;
  case 'Q': return Kind::quoted;
  case 'u': return Kind::upper_first;
  case 'l': return Kind::lower_first;
  default: return Kind::lower;
  }
}

std::string known(const Variables& variables) {
  std::string names;
  for (const auto& [name, value] : variables) names += fmt::format("{}${{{}}}", names.empty() ? "" : " ", name);
  return names.empty() ? "there is none here" : "there are " + names;
}

std::string_view name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(at, end - at);
}

}  // namespace

core::Failure TemplateParser::wrong(std::size_t at, std::string_view why) const {
  // Backslashes that delimiters needed are gone from the text: then this is a byte or two too early.
  return wrong_expression(source_.expression, source_.at + at, why);
}

core::Result<Template> TemplateParser::run() {
  Template result;
  while (at_ < text_.size()) {
    core::Result<Template> part = take_sequence(Kind::sequence);
    if (!part) return part;
    result.parts.push_back(std::move(*part));
  }
  return result;
}

bool TemplateParser::is_modifier_here() const {
  return text_[at_] == '\\' && at_ + 1 < text_.size() && modifiers.find(text_[at_ + 1]) != std::string_view::npos;
}

/// Up to its \E, or the end.
core::Result<Template> TemplateParser::take_sequence(Kind kind) {
  if (depth_ == deepest) return wrong(at_, "so many \\U, \\L, \\Q, \\u and \\l within each other are not taken");
  ++depth_;
  Template result;
  result.kind = kind;
  while (at_ < text_.size()) {
    if (is_modifier_here()) {
      const char modifier = text_[at_ + 1];
      if (modifier == 'E') {
        at_ += 2;
        break;
      }
      // \L and \U take each other's place: the inner one ends what is open, and is then seen again.
      const bool ends_this = case_modifiers.find(modifier) != std::string_view::npos &&
                             open_.find_first_of(case_modifiers) != std::string::npos;
      if (ends_this) break;
    }
    core::Result<Part> part = take_one();
    if (!part) return part.error();
    if (*part) result.parts.push_back(std::move(**part));
  }
  --depth_;
  return result;
}

/// Text up to the next thing of another kind, or that thing.
core::Result<Part> TemplateParser::take_one() {
  if (is_modifier_here()) {
    at_ += 2;
    return take_modified(text_[at_ - 1]);
  }
  if (text_[at_] == '$') {
    std::size_t after = at_;
    core::Result<Part> variable = take_variable(after);
    if (!variable) return variable;
    if (*variable) {
      at_ = after;
      return variable;
    }
  }
  core::Result<Template> text = take_text();
  if (!text) return text.error();
  return Part(std::move(*text));
}

core::Result<Part> TemplateParser::take_modified(char modifier) {
  // As in Perl "\L\uname" means "\u\Lname".
  std::string_view next = text_.substr(at_, 2);
  std::optional<Kind> first_of_all;
  while ((modifier == 'L' && next == "\\u") || (modifier == 'U' && next == "\\l")) {
    first_of_all = kind_of(next[1]);
    at_ += 2;
    next = text_.substr(at_, 2);
  }
  if (first_of_all) {
    Template first{*first_of_all, {}, 0, {}};
    core::Result<Part> rest = take_modified(modifier);
    if (!rest) return rest;
    if (*rest) first.parts.push_back(std::move(**rest));
    return Part(std::move(first));
  }
  if (modifier == 'u' || modifier == 'l') return take_modified_first(kind_of(modifier));
  if (text_.substr(at_, 2) == "\\E") {
    at_ += 2;
    return Part();
  }
  open_ += modifier;
  core::Result<Template> sequence = take_sequence(kind_of(modifier));
  if (!sequence) return sequence.error();
  open_.pop_back();
  return Part(std::move(*sequence));
}

/// \u reaches over text and variables up to the next of \U \L \Q \E \u \l, or over all of what stands there.
core::Result<Part> TemplateParser::take_modified_first(Kind kind) {
  Template first{kind, {}, 0, {}};
  const bool is_at_end = at_ == text_.size() || text_.substr(at_, 2) == "\\E";
  if (is_at_end) return Part();
  if (depth_ == deepest) return wrong(at_, "so many \\u and \\l one after another are not taken");
  ++depth_;
  do {
    core::Result<Part> one = take_one();
    if (!one) return one;
    const bool is_modified = *one && (*one)->kind != Kind::text && (*one)->kind != Kind::group;
    if (*one) first.parts.push_back(std::move(**one));
    if (is_modified) break;
  } while (at_ < text_.size() && !is_modifier_here());
  --depth_;
  return Part(std::move(first));
}

/// Text, and with it the groups that are written \1.
core::Result<Template> TemplateParser::take_text() {
  Template text = text_of({});
  while (at_ < text_.size()) {
    const char here = text_[at_];
    if (here == '\\') {
      if (is_modifier_here()) break;
      Part group;
      const std::size_t before = at_;
      const core::Result<bool> taken = take_backslash(text.text, group);
      if (!taken) return taken.error();
      if (!group) continue;
      if (text.text.empty()) return std::move(*group);
      at_ = before;
      break;
    }
    if (here == '$' && !text.text.empty()) {
      std::size_t after = at_;
      const core::Result<Part> variable = take_variable(after);
      if (!variable) return variable.error();
      if (*variable) break;
    }
    text.text += here;
    ++at_;
  }
  return text;
}

core::Result<bool> TemplateParser::take_backslash(std::string& out, Part& group_part) {
  const std::size_t begin = at_++;
  if (role_ == Role::pattern) {
    if (text_.substr(at_).starts_with("N{U+")) {
      out += "\\x{";
      at_ += 4;
      return true;
    }
    out += '\\';
    if (at_ < text_.size()) out += text_[at_++];
    return true;
  }
  const bool is_group = at_ < text_.size() && text_[at_] >= '1' && text_[at_] <= '9' &&
                        (at_ + 1 == text_.size() || !is_digit(text_[at_ + 1]));
  if (is_group) {
    core::Result<Part> part = group(static_cast<std::size_t>(text_[at_++] - '0'), begin);
    if (!part) return part.error();
    group_part = std::move(*part);
    return true;
  }
  const std::optional<std::uint32_t> character = take_escape(text_, at_);
  if (!character) return wrong(begin, "this escape names no character");
  append_character(*character, out);
  return true;
}

core::Result<Part> TemplateParser::take_variable(std::size_t& at) {
  const std::size_t dollar = at++;
  const char next = at < text_.size() ? text_[at] : '\0';
  if (is_name_start(next)) {
    std::string name(name_at(text_, at));
    at += name.size();
    if (name == "mysync" || name == "sync") {
      const std::optional<std::string> key = take_key(at);
      if (!key) return wrong(dollar, fmt::format("expected ${}->{{ name }}", name));
      name = *key;
    }
    return variable(name, dollar);
  }
  if (next == '{') return take_braced(dollar, at);
  if (is_digit(next) && (next != '0' || role_ == Role::replacement)) {
    const std::string_view digits = name_at(text_, at);
    std::size_t number = Match::unset;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    at += static_cast<std::size_t>(end - digits.data());
    return group(number, dollar);
  }
  if (next == '&') {
    ++at;
    return group(0, dollar);
  }
  if (role_ == Role::pattern) return Part();
  if (next == '+' && at + 1 < text_.size() && text_[at + 1] == '{') return named_group(dollar, at);
  ++at;
  if (next == '`') return Part(Template{Kind::before, {}, 0, {}});
  if (next == '\'') return Part(Template{Kind::after, {}, 0, {}});
  return wrong(dollar, "this is no variable: a dollar itself is written \\$");
}

/// "${ name }" or "${1}".
core::Result<Part> TemplateParser::take_braced(std::size_t dollar, std::size_t& at) {
  std::size_t inner = at + 1;
  while (inner < text_.size() && is_blank(text_[inner])) ++inner;
  const std::string_view name = name_at(text_, inner);
  inner += name.size();
  while (inner < text_.size() && is_blank(text_[inner])) ++inner;
  const bool is_name = !name.empty() && inner < text_.size() && text_[inner] == '}';
  if (!is_name) return wrong(dollar, "expected ${name} or ${1}");
  at = inner + 1;
  if (is_name_start(name.front())) return variable(std::string(name), dollar);
  std::size_t number = 0;
  const auto result = std::from_chars(name.data(), name.data() + name.size(), number);
  if (result.ec != std::errc() || result.ptr != name.data() + name.size()) {
    return wrong(dollar, "expected ${name} or ${1}");
  }
  return group(number, dollar);
}

/// "->{ key }", "->{'key'}".
std::optional<std::string> TemplateParser::take_key(std::size_t& at) const {
  std::size_t inner = at;
  const auto skip_blanks = [&] {
    while (inner < text_.size() && is_blank(text_[inner])) ++inner;
  };
  const auto take = [&](char expected) {
    const bool is_there = inner < text_.size() && text_[inner] == expected;
    if (is_there) ++inner;
    return is_there;
  };
  if (text_.substr(inner, 2) != "->") return std::nullopt;
  inner += 2;
  if (!take('{')) return std::nullopt;
  skip_blanks();
  const char quote = take('\'') ? '\'' : take('"') ? '"' : '\0';
  const std::string_view name = name_at(text_, inner);
  inner += name.size();
  if (name.empty() || (quote != '\0' && !take(quote))) return std::nullopt;
  skip_blanks();
  if (!take('}')) return std::nullopt;
  at = inner;
  return std::string(name);
}

core::Result<Part> TemplateParser::named_group(std::size_t dollar, std::size_t& at) const {
  const std::size_t end = text_.find('}', at);
  if (end == std::string_view::npos) return wrong(dollar, "expected $+{name}");
  const std::string name(text_.substr(at + 2, end - at - 2));
  const std::optional<std::size_t> number = pattern_->group_named(name);
  if (!number) return wrong(dollar, fmt::format("the pattern has no group named {}", core::printable(name)));
  at = end + 1;
  return group(*number, dollar);
}

/// A group that the pattern does not have is empty, as in Perl.
core::Result<Part> TemplateParser::group(std::size_t number, std::size_t at) const {
  if (role_ == Role::pattern) return wrong(at, "in a pattern a group is written \\1");
  return Part(Template{Kind::group, {}, number, {}});
}

core::Result<Part> TemplateParser::variable(const std::string& name, std::size_t at) const {
  const auto found = variables_.find(name);
  if (found != variables_.end()) return Part(text_of(found->second));
  return wrong(at,
               fmt::format("no variable is called {}: {}; a dollar itself is written \\$", name, known(variables_)));
}

core::Result<std::string> expand_pattern(const TemplateSource& source, const Variables& variables) {
  const core::Result<Template> parsed = TemplateParser(source, TemplateParser::Role::pattern, variables, nullptr).run();
  if (!parsed) return parsed.error();
  std::string pattern;
  render(*parsed, {}, pattern);
  return pattern;
}

core::Result<Pattern> compile_pattern(std::string_view expression, const Statement& statement,
                                      const Variables& variables, std::string_view others) {
  Modifiers given;
  for (std::size_t i = 0; i < statement.modifiers.size(); ++i) {
    const char modifier = statement.modifiers[i];
    if (take_modifier(modifier, given) || others.find(modifier) != std::string_view::npos) continue;
    return wrong_expression(expression, statement.modifiers_at + i,
                            fmt::format("the modifier \"{}\" is not one of those that have a meaning here", modifier));
  }
  std::string pattern = statement.first.text;
  if (statement.first.delimiter != '\'') {
    core::Result<std::string> expanded = expand_pattern({expression, pattern, statement.first.at}, variables);
    if (!expanded) return expanded.error();
    pattern = std::move(*expanded);
  }
  core::Result<Pattern> compiled = Pattern::compile(pattern, Alphabet::bytes, given);
  if (!compiled) {
    return compiled.error().within(fmt::format("the expression \"{}\"", core::printable(expression)));
  }
  return compiled;
}

core::Result<Template> parse_replacement(const TemplateSource& source, const Variables& variables,
                                         const Pattern& pattern) {
  return TemplateParser(source, TemplateParser::Role::replacement, variables, &pattern).run();
}

}  // namespace imapferry::regex
