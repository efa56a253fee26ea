#include "regex/predicate.hpp"

#include "regex/statement.hpp"
#include "regex/template.hpp"

#include <fmt/format.h>

namespace imapferry::regex {

core::Result<Predicate> Predicate::parse(std::string_view expression, const Variables& variables) {
  const core::Result<std::vector<Statement>> statements = split_statements(expression);
  if (!statements) return statements.error();
  const Statement& statement = statements->front();
  if (statements->size() > 1 || statement.kind != Statement::Kind::match) {
    return wrong_expression(expression, 0, "a single match is expected: /regex/ or m{regex}i");
  }
  core::Result<Pattern> pattern = compile_pattern(expression, statement, variables, "gc");
  if (!pattern) return pattern.error();
  Predicate result(std::move(*pattern));
  result.expression_ = expression;
  return result;
}

core::Result<bool> Predicate::matches(std::string_view text) const { return pattern_.matches(text); }

}  // namespace imapferry::regex
