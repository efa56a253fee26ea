#pragma once

#include "core/failure.hpp"
#include "regex/pattern.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapferry::sync {

/// A Perl regular expression for mailbox names. Its work on one name is bounded: a bad pattern cannot hang a run.
class NamePattern {
 public:
  /// Fails (Fault::usage) when the expression does not compile: "... at byte 3: missing closing parenthesis".
  static core::Result<NamePattern> compile(std::string_view pattern);

  /// Whether it matches anywhere in `name` (UTF-8; bytes that are not are matched by nothing).
  /// Fails (Fault::usage) when that takes more steps than a sensible pattern needs.
  [[nodiscard]] core::Result<bool> matches(std::string_view name) const;

 private:
  explicit NamePattern(regex::Pattern pattern) : pattern_(std::move(pattern)) {}

  regex::Pattern pattern_;
};

/// Several, as an option that may be repeated gives them.
class NamePatterns {
 public:
  /// A failure names the option.
  static core::Result<NamePatterns> compile(std::string_view option, const std::vector<std::string>& texts);

  /// Whether one of them matches a name in UTF-8 or as it goes over the wire.
  [[nodiscard]] core::Result<bool> any_matches(std::string_view name, std::string_view wire) const;

 private:
  std::vector<NamePattern> patterns_;
};

}  // namespace imapferry::sync
