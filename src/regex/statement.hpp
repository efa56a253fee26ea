#pragma once

#include "core/failure.hpp"
#include "regex/pattern.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::regex {

/// A text between delimiters, as it was written but for the backslashes that a delimiter needed.
struct Quoted {
  std::string text;
  char delimiter = '/';  ///< the opening one
  std::size_t at = 0;    ///< where the text begins in the expression
};

/// One of Perl's operators, taken apart and not yet understood.
struct Statement {
  enum class Kind { substitute, transliterate, match };
  Kind kind = Kind::match;
  Quoted first;   ///< the pattern, or the characters to look for
  Quoted second;  ///< the replacement; empty for a match
  std::string modifiers;
  std::size_t modifiers_at = 0;
};

/// Takes an expression apart: "s/a/b/g; tr {a} {b}". Never empty.
[[nodiscard]] core::Result<std::vector<Statement>> split_statements(std::string_view expression);

/// Reads what stands between the delimiter at `at` and the one that closes it; `at` is behind that afterwards.
[[nodiscard]] core::Result<Quoted> read_quoted(std::string_view expression, std::size_t& at);

/// What s/// and m// have in common: imsxn, and those that mean nothing here (a, d, o, p). True when it is one of them.
[[nodiscard]] bool take_modifier(char modifier, Modifiers& modifiers);

/// "the expression "s/a" is wrong at byte 3: ..."
[[nodiscard]] core::Failure wrong_expression(std::string_view expression, std::size_t at, std::string_view why);

}  // namespace imapferry::regex
