#include "regex/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace imapferry::regex {

namespace {

// Backtracking steps for one search. A sensible pattern takes a few for each byte; a million are some ten milliseconds.
constexpr std::uint64_t steps_at_least = 1'000'000;
constexpr std::uint64_t steps_for_each_byte = 20;
constexpr std::uint64_t steps_at_most = 500'000'000;
constexpr std::uint32_t heap_limit_kib = 64 * 1024;
constexpr std::size_t first_jit_stack = 32 << 10;
constexpr std::size_t largest_jit_stack = 8 << 20;
constexpr std::size_t longest_pattern = 64 << 10;

template <auto free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const noexcept {
    free(pointer);
  }
};
using CompileContext = std::unique_ptr<pcre2_compile_context, Freer<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freer<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freer<pcre2_jit_stack_free>>;

template <class T>
T some(T pointer) {
  if (!pointer) throw std::bad_alloc();
  return pointer;
}

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string describe(int error) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  const int length = pcre2_get_error_message(error, buffer.data(), buffer.size());
  if (length < 0) return fmt::format("error {}", error);
  return std::string(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(length));
}

core::Failure does_not_compile(std::string_view pattern, std::size_t at, std::string_view why) {
  return {
      core::Fault::usage,
      fmt::format("the regular expression \"{}\" does not compile, at byte {}: {}", core::printable(pattern), at, why),
      {}};
}

/// Where Perl code stands in a pattern. Also inside of a class or a comment, where it would be none: nobody writes
/// that.
std::size_t find_code(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern.substr(i).starts_with("(?{") || pattern.substr(i).starts_with("(??{")) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::uint32_t options_of(Alphabet alphabet, const Modifiers& modifiers) {
  // A pattern's own "(*UTF)" would make bytes that are no UTF-8 an error.
  std::uint32_t options =
      alphabet == Alphabet::utf8 ? PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF : PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
  if (modifiers.ignore_case) options |= PCRE2_CASELESS;
  if (modifiers.multiline) options |= PCRE2_MULTILINE;
  if (modifiers.dot_all) options |= PCRE2_DOTALL;
  if (modifiers.extended) options |= PCRE2_EXTENDED;
  if (modifiers.extended_more) options |= PCRE2_EXTENDED | PCRE2_EXTENDED_MORE;
  if (modifiers.no_auto_capture) options |= PCRE2_NO_AUTO_CAPTURE;
  return options;
}

pcre2_match_context* bounded_context(std::size_t text_size) {
  thread_local const MatchContext context(some(pcre2_match_context_create(nullptr)));
  thread_local const JitStack stack(pcre2_jit_stack_create(first_jit_stack, largest_jit_stack, nullptr));
  const std::uint64_t steps = steps_at_least + steps_for_each_byte * text_size;
  pcre2_set_match_limit(context.get(), static_cast<std::uint32_t>(std::min(steps, steps_at_most)));
  pcre2_set_heap_limit(context.get(), heap_limit_kib);
  pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
  return context.get();
}

}  // namespace

core::Result<Pattern> Pattern::compile(std::string_view pattern, Alphabet alphabet, const Modifiers& modifiers) {
  if (const std::size_t at = find_code(pattern); at != std::string_view::npos) {
    return does_not_compile(pattern, at, "it holds Perl code, which is never run here");
  }
  const CompileContext context(some(pcre2_compile_context_create(nullptr)));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  pcre2_set_max_pattern_length(context.get(), longest_pattern);
  Pattern result;
  result.text_ = pattern;
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* const code = pcre2_compile(bytes_of(result.text_), result.text_.size(), options_of(alphabet, modifiers),
                                         &error, &offset, context.get());
  if (code == nullptr) return does_not_compile(pattern, offset, describe(error));
  result.code_.reset(code, pcre2_code_free);
  // Where there is no machine code to be had, the pattern is interpreted.
  static_cast<void>(pcre2_jit_compile(code, PCRE2_JIT_COMPLETE));
  std::uint32_t groups = 0;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
  result.group_count_ = groups;
  return result;
}

std::optional<std::size_t> Pattern::group_named(const std::string& name) const {
  const int number = pcre2_substring_number_from_name(code_.get(), reinterpret_cast<PCRE2_SPTR>(name.c_str()));
  if (number <= 0) return std::nullopt;
  return static_cast<std::size_t>(number);
}

core::Result<bool> Pattern::matches(std::string_view text) const {
  Match match;
  return find(text, 0, Start::any, match);
}

core::Result<bool> Pattern::find(std::string_view text, std::size_t offset, Start start, Match& match) const {
  // An empty view may have a null pointer, which PCRE2 refuses.
  const std::string_view safe = text.empty() ? std::string_view("") : text;
  if (match.groups_.size() != group_count_ + 1) {
    match.groups_.assign(group_count_ + 1, Match::Range{});
    match.data_.reset(some(pcre2_match_data_create_from_pattern(code_.get(), nullptr)), pcre2_match_data_free);
  }
  pcre2_match_data* const data = match.data_.get();
  pcre2_match_context* const context = bounded_context(safe.size());
  const std::uint32_t options = start == Start::not_empty ? PCRE2_NOTEMPTY_ATSTART : 0;
  int result = pcre2_match(code_.get(), bytes_of(safe), safe.size(), offset, options, data, context);
  // Machine code has a small stack; interpreted, the pattern works on the heap.
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) {
    result = pcre2_match(code_.get(), bytes_of(safe), safe.size(), offset, options | PCRE2_NO_JIT, data, context);
  }
  if (result == PCRE2_ERROR_NOMATCH) return false;
  if (result < 0) {
    return core::Failure{core::Fault::usage,
                         fmt::format("the regular expression \"{}\" cannot be applied to the text \"{}\": {}",
                                     core::printable(text_), core::printable(safe, 60), describe(result)),
                         {}};
  }
  const PCRE2_SIZE* const places = pcre2_get_ovector_pointer(data);
  match.groups_.assign(group_count_ + 1, Match::Range{});
  for (std::size_t i = 0; i < static_cast<std::size_t>(result); ++i) {
    if (places[2 * i] != PCRE2_UNSET) match.groups_[i] = {places[2 * i], places[2 * i + 1]};
  }
  return true;
}

}  // namespace imapferry::regex
