#pragma once

#include "core/failure.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// PCRE2's types for 8-bit code units; its header wants a macro defined before it and stays in the .cpp.
struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;

namespace imapferry::sync {

/// A Perl regular expression for mailbox names. Its work on one name is bounded: a bad pattern cannot hang a run.
/// Not to be used by two threads at once.
class NamePattern {
 public:
  /// Fails (Fault::usage) when the expression does not compile: "... at byte 3: missing closing parenthesis".
  static core::Result<NamePattern> compile(std::string_view pattern);

  /// Whether it matches anywhere in `name` (UTF-8; bytes that are not are matched by nothing).
  /// Fails (Fault::usage) when that takes more steps than a sensible pattern needs.
  [[nodiscard]] core::Result<bool> matches(std::string_view name) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const noexcept;
    void operator()(pcre2_real_match_data_8* data) const noexcept;
    void operator()(pcre2_real_match_context_8* context) const noexcept;
  };

  NamePattern() = default;

  std::string text_;
  std::unique_ptr<pcre2_real_code_8, Free> code_;
  std::unique_ptr<pcre2_real_match_data_8, Free> data_;
  std::unique_ptr<pcre2_real_match_context_8, Free> context_;
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
