#pragma once

#include "core/failure.hpp"
#include "regex/pattern.hpp"
#include "regex/variables.hpp"

#include <string>
#include <string_view>

namespace imapferry::regex {

/// Perl's match operator, as imapsync's options take it: /regex/i or m{regex}imsx, with any delimiters. Texts are
/// bytes.
class Predicate {
 public:
  /// Fails (Fault::usage) with the expression, the position in it and what is wrong there.
  static core::Result<Predicate> parse(std::string_view expression, const Variables& variables = {});

  /// Whether it matches anywhere in the text. Fails (Fault::usage) when that takes more steps than a sensible
  /// expression needs.
  [[nodiscard]] core::Result<bool> matches(std::string_view text) const;

  [[nodiscard]] const std::string& expression() const noexcept { return expression_; }

 private:
  explicit Predicate(Pattern pattern) : pattern_(std::move(pattern)) {}

  std::string expression_;
  Pattern pattern_;
};

}  // namespace imapferry::regex
