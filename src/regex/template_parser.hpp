#pragma once

#include "regex/template.hpp"

#include <optional>

namespace imapferry::regex {

/// Reads a pattern or a replacement as Perl reads a string in double quotes.
class TemplateParser {
 public:
  enum class Role { pattern, replacement };
  /// `pattern` is null for a pattern.
  TemplateParser(const TemplateSource& source, Role role, const Variables& variables, const Pattern* pattern)
      : source_(source), text_(source.text), role_(role), variables_(variables), pattern_(pattern) {}

  core::Result<Template> run();

  /// One "$..." whose dollar stands at `at`, which is behind it afterwards. Nothing where the dollar means itself, as
  /// it may in a pattern only.
  core::Result<std::optional<Template>> take_variable(std::size_t& at);

 private:
  core::Result<Template> take_sequence(Template::Kind kind);
  core::Result<std::optional<Template>> take_one();
  core::Result<std::optional<Template>> take_modified(char modifier);
  core::Result<std::optional<Template>> take_modified_first(Template::Kind kind);
  core::Result<Template> take_text();
  core::Result<bool> take_backslash(std::string& out, std::optional<Template>& group);
  core::Result<std::optional<Template>> take_braced(std::size_t dollar, std::size_t& at);
  core::Result<std::optional<Template>> group(std::size_t number, std::size_t at) const;
  core::Result<std::optional<Template>> named_group(std::size_t dollar, std::size_t& at) const;
  core::Result<std::optional<Template>> variable(const std::string& name, std::size_t at) const;
  [[nodiscard]] std::optional<std::string> take_key(std::size_t& at) const;
  [[nodiscard]] bool is_modifier_here() const;
  [[nodiscard]] core::Failure wrong(std::size_t at, std::string_view why) const;

  const TemplateSource& source_;
  std::string_view text_;
  Role role_;
  const Variables& variables_;
  const Pattern* pattern_;
  std::size_t at_ = 0;
  std::string open_;  ///< the \L \U \Q that no \E has ended yet
  std::size_t depth_ = 0;
};

}  // namespace imapferry::regex
