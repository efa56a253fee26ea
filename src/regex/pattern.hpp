#pragma once

#include "core/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// PCRE2's types for 8-bit code units; its header wants a macro defined before it and stays in the .cpp.
struct pcre2_real_code_8;
struct pcre2_real_match_data_8;

namespace imapferry::regex {

/// What a pattern sees in a text.
enum class Alphabet {
  bytes,  ///< each byte is a character, letters are those of ASCII: messages, and what imapsync does everywhere
  utf8,   ///< characters of Unicode; bytes that are no UTF-8 are matched by nothing
};

/// Perl's modifiers of a match.
struct Modifiers {
  bool ignore_case = false;      ///< i
  bool multiline = false;        ///< m: ^ and $ match at every line
  bool dot_all = false;          ///< s: . matches a line end too
  bool extended = false;         ///< x: blanks and comments in the pattern mean nothing
  bool extended_more = false;    ///< xx: nor blanks in its classes
  bool no_auto_capture = false;  ///< n: (...) does not capture
};

/// A match: where it lies in the text, and its groups; group 0 is all of it.
class Match {
 public:
  static constexpr std::size_t unset = static_cast<std::size_t>(-1);
  struct Range {
    std::size_t begin = unset, end = unset;
  };

  [[nodiscard]] const Range& whole() const { return groups_.front(); }
  /// Whether a group took part in the match.
  [[nodiscard]] bool has(std::size_t group) const {
    return group < groups_.size() && groups_[group].begin != unset && groups_[group].begin <= groups_[group].end;
  }
  /// What it matched; empty when it took no part.
  [[nodiscard]] std::string_view text_of(std::size_t group, std::string_view text) const {
    if (!has(group)) return {};
    return text.substr(groups_[group].begin, groups_[group].end - groups_[group].begin);
  }

 private:
  friend class Pattern;
  std::vector<Range> groups_;
  std::shared_ptr<pcre2_real_match_data_8> data_;  ///< room to work in, kept from one search to the next
};

/// A compiled Perl regular expression (PCRE2, as machine code where that can be had). Its work on one text is bounded
/// in steps and memory, so that no text can hang a run. Cheap to copy; may be used by several threads at once.
class Pattern {
 public:
  /// Fails (Fault::usage) when it does not compile: "... at byte 3: missing closing parenthesis", and when it would run
  /// Perl code.
  static core::Result<Pattern> compile(std::string_view pattern, Alphabet alphabet, const Modifiers& modifiers = {});

  /// Whether it matches anywhere in the text. Fails (Fault::usage) when that takes more steps than a sensible pattern
  /// needs.
  [[nodiscard]] core::Result<bool> matches(std::string_view text) const;

  /// The first match at `offset` or behind it. `Start::not_empty` passes over an empty one at `offset` itself. False
  /// when there is none.
  enum class Start { any, not_empty };
  [[nodiscard]] core::Result<bool> find(std::string_view text, std::size_t offset, Start start, Match& match) const;

  [[nodiscard]] std::size_t group_count() const noexcept { return group_count_; }
  /// The number of (?<name>...).
  [[nodiscard]] std::optional<std::size_t> group_named(const std::string& name) const;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  Pattern() = default;

  std::string text_;
  std::shared_ptr<pcre2_real_code_8> code_;
  std::size_t group_count_ = 0;
};

}  // namespace imapferry::regex
