#pragma once

#include "core/failure.hpp"
#include "regex/pattern.hpp"
#include "regex/statement.hpp"
#include "regex/variables.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::regex {

/// A text with holes that a match fills: a replacement, or a pattern whose variables are known beforehand.
struct Template {
  enum class Kind {
    text,         ///< as it stands
    group,        ///< $1
    before,       ///< $`
    after,        ///< $'
    sequence,     ///< all its parts
    upper,        ///< \U: its parts in upper case
    lower,        ///< \L
    upper_first,  ///< \u
    lower_first,  ///< \l
    quoted,       ///< \Q
    is_defined,   ///< "1" when the group took part in the match
    choice,       ///< the second part when the first is true as Perl sees it, else the third
  };
  Kind kind = Kind::sequence;
  std::string text;
  std::size_t group = 0;
  std::vector<Template> parts;
};

/// What was matched, and in which text; nothing for a pattern.
struct Filling {
  std::string_view text;
  const Match* match = nullptr;
};

void render(const Template& source, const Filling& filling, std::string& out);

/// Where a template stands, for what is told of it.
struct TemplateSource {
  std::string_view expression;  ///< all of it
  std::string_view text;        ///< the template
  std::size_t at = 0;           ///< where that begins
};

/// A pattern: variables and \Q \U \L \u \l \E are carried out, all else is left to the regular expression.
[[nodiscard]] core::Result<std::string> expand_pattern(const TemplateSource& source, const Variables& variables);

/// The pattern of s/// or m//, with its modifiers; those of `others` mean something to the caller.
[[nodiscard]] core::Result<Pattern> compile_pattern(std::string_view expression, const Statement& statement,
                                                    const Variables& variables, std::string_view others);

/// A replacement, for what `pattern` has matched.
[[nodiscard]] core::Result<Template> parse_replacement(const TemplateSource& source, const Variables& variables,
                                                       const Pattern& pattern);

/// A replacement between single quotes: only \\ means something else than it says.
[[nodiscard]] Template literal_replacement(std::string_view text);

/// The replacement of s///e: the little of Perl that imapsync's examples use.
[[nodiscard]] core::Result<Template> parse_replacement_code(const TemplateSource& source, const Variables& variables,
                                                            const Pattern& pattern);

}  // namespace imapferry::regex
