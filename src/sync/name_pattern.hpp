#pragma once

#include "core/failure.hpp"
#include "regex/pattern.hpp"

#include <string_view>
#include <utility>

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

}  // namespace imapferry::sync
