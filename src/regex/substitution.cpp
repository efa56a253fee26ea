#include "regex/substitution.hpp"

#include "regex/statement.hpp"
#include "regex/template.hpp"
#include "regex/transliteration.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace imapferry::regex {

namespace {

using Clock = std::chrono::steady_clock;
using Change = Substitution::Operator;

constexpr std::chrono::seconds longest_work{20};
constexpr unsigned matches_between_looks = 64;

class Replace : public Change {
 public:
  Replace(Pattern pattern, Template replacement, bool is_global)
      : pattern_(std::move(pattern)), replacement_(std::move(replacement)), is_global_(is_global) {}

  core::Result<bool> change(std::string& text, std::size_t most) const override {
    std::string out;
    Match match;
    std::size_t copied = 0;
    std::size_t offset = 0;
    Pattern::Start start = Pattern::Start::any;
    const Clock::time_point deadline = Clock::now() + longest_work;
    unsigned matches = 0;
    do {
      const core::Result<bool> found = pattern_.find(text, offset, start, match);
      if (!found) return found;
      if (!*found) break;
      const Match::Range here = match.whole();
      if (here.begin < copied || here.end < here.begin) return failed("it matches backwards (\\K)");
      out.append(text, copied, here.begin - copied);
      render(replacement_, {text, &match}, out);
      copied = offset = here.end;
      // An empty match may follow a match, but not another empty one at the same place.
      start = here.begin == here.end ? Pattern::Start::not_empty : Pattern::Start::any;
      if (out.size() + text.size() - copied > most) return failed("the text becomes too large");
      if (++matches % matches_between_looks == 0 && Clock::now() > deadline) return failed("it takes too long");
    } while (is_global_);
    if (matches == 0) return false;
    out.append(text, copied, std::string::npos);
    const bool is_changed = out != text;
    text = std::move(out);
    return is_changed;
  }

 private:
  [[nodiscard]] core::Failure failed(std::string_view why) const {
    return {core::Fault::usage,
            fmt::format("the substitution of \"{}\" was given up: {}", core::printable(pattern_.text()), why),
            {}};
  }

  Pattern pattern_;
  Template replacement_;
  bool is_global_;
};

class Transliterate : public Change {
 public:
  explicit Transliterate(Transliteration transliteration) : transliteration_(transliteration) {}
  core::Result<bool> change(std::string& text, std::size_t) const override { return transliteration_.change(text); }

 private:
  Transliteration transliteration_;
};

/// s///r
class Nothing : public Change {
 public:
  core::Result<bool> change(std::string&, std::size_t) const override { return false; }
};

core::Result<Template> replacement_of(std::string_view expression, const Statement& statement,
                                      const Variables& variables, const Pattern& pattern) {
  const Quoted& quoted = statement.second;
  const TemplateSource source{expression, quoted.text, quoted.at};
  const std::size_t code = statement.modifiers.find('e');
  if (code != std::string::npos) {
    if (statement.modifiers.find('e', code + 1) != std::string::npos) {
      return wrong_expression(expression, statement.modifiers_at + code, "/ee asks for Perl code that is made by code");
    }
    return parse_replacement_code(source, variables, pattern);
  }
  if (quoted.delimiter == '\'') return literal_replacement(quoted.text);
  return parse_replacement(source, variables, pattern);
}

core::Result<std::shared_ptr<const Change>> operator_of(std::string_view expression, const Statement& statement,
                                                        const Variables& variables) {
  if (statement.kind == Statement::Kind::transliterate) {
    core::Result<Transliteration> transliteration = Transliteration::parse(expression, statement);
    if (!transliteration) return transliteration.error();
    return std::make_shared<const Transliterate>(*transliteration);
  }
  if (statement.kind == Statement::Kind::match) {
    return wrong_expression(expression, statement.first.at, "a match changes nothing: s/a/b/ or tr/a/b/ is expected");
  }
  core::Result<Pattern> pattern = compile_pattern(expression, statement, variables, "ger");
  if (!pattern) return pattern.error();
  core::Result<Template> replacement = replacement_of(expression, statement, variables, *pattern);
  if (!replacement) return replacement.error();
  if (statement.modifiers.find('r') != std::string::npos) return std::make_shared<const Nothing>();
  const bool is_global = statement.modifiers.find('g') != std::string::npos;
  return std::make_shared<const Replace>(std::move(*pattern), std::move(*replacement), is_global);
}

}  // namespace

core::Result<Substitution> Substitution::parse(std::string_view expression, const Variables& variables) {
  const core::Result<std::vector<Statement>> statements = split_statements(expression);
  if (!statements) return statements.error();
  Substitution result;
  result.expression_ = expression;
  for (const Statement& statement : *statements) {
    core::Result<std::shared_ptr<const Change>> change = operator_of(expression, statement, variables);
    if (!change) return change.error();
    result.operators_.push_back(std::move(*change));
  }
  return result;
}

core::Result<std::string> Substitution::apply(std::string_view text) const {
  std::string changed(text);
  const core::Result<bool> done = change(changed);
  if (!done) return done.error();
  return changed;
}

core::Result<bool> Substitution::change(std::string& text, std::size_t most) const {
  bool is_changed = false;
  for (const auto& each : operators_) {
    const core::Result<bool> changed = each->change(text, most);
    if (!changed) return changed;
    is_changed = is_changed || *changed;
  }
  return is_changed;
}

core::Result<std::string> apply_all(const std::vector<Substitution>& substitutions, std::string_view text) {
  std::string changed(text);
  for (const Substitution& substitution : substitutions) {
    const core::Result<bool> done = substitution.change(changed);
    if (!done) return done.error();
  }
  return changed;
}

}  // namespace imapferry::regex
