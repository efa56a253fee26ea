#include "sync/name_pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <cstdint>
#include <new>

namespace imapferry::sync {

namespace {

/// Backtracking steps for one name; a sensible pattern takes a few hundred. A million are some ten milliseconds.
constexpr std::uint32_t step_limit = 1'000'000;
constexpr std::uint32_t memory_limit_kib = 16 * 1024;

std::string describe(int error) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  const int length = pcre2_get_error_message(error, buffer.data(), buffer.size());
  if (length < 0) return fmt::format("error {}", error);
  return std::string(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(length));
}

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

void NamePattern::Free::operator()(pcre2_real_code_8* code) const noexcept { pcre2_code_free(code); }
void NamePattern::Free::operator()(pcre2_real_match_data_8* data) const noexcept { pcre2_match_data_free(data); }
void NamePattern::Free::operator()(pcre2_real_match_context_8* context) const noexcept {
  pcre2_match_context_free(context);
}

core::Result<NamePattern> NamePattern::compile(std::string_view pattern) {
  NamePattern result;
  result.text_ = pattern;
  int error = 0;
  PCRE2_SIZE offset = 0;
  result.code_.reset(pcre2_compile(bytes_of(result.text_), result.text_.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr));
  if (!result.code_) {
    return core::Failure{core::Fault::usage,
                         fmt::format("the regular expression \"{}\" does not compile, at byte {}: {}",
                                     core::printable(pattern), offset, describe(error)),
                         {}};
  }
  result.data_.reset(pcre2_match_data_create(1, nullptr));
  result.context_.reset(pcre2_match_context_create(nullptr));
  if (!result.data_ || !result.context_) throw std::bad_alloc();
  pcre2_set_match_limit(result.context_.get(), step_limit);
  pcre2_set_heap_limit(result.context_.get(), memory_limit_kib);
  return result;
}

core::Result<bool> NamePattern::matches(std::string_view name) const {
  // An empty view may have a null pointer, which PCRE2 refuses.
  const std::string_view safe = name.empty() ? std::string_view("") : name;
  const int result = pcre2_match(code_.get(), bytes_of(safe), safe.size(), 0, 0, data_.get(), context_.get());
  if (result >= 0) return true;
  if (result == PCRE2_ERROR_NOMATCH) return false;
  return core::Failure{core::Fault::usage,
                       fmt::format("the regular expression \"{}\" cannot be applied to the name \"{}\": {}",
                                   core::printable(text_), core::printable(name), describe(result)),
                       {}};
}

core::Result<NamePatterns> NamePatterns::compile(std::string_view option, const std::vector<std::string>& texts) {
  NamePatterns patterns;
  for (const std::string& text : texts) {
    core::Result<NamePattern> pattern = NamePattern::compile(text);
    if (!pattern) return pattern.error().within(option);
    patterns.patterns_.push_back(std::move(*pattern));
  }
  return patterns;
}

core::Result<bool> NamePatterns::any_matches(std::string_view name, std::string_view wire) const {
  for (const NamePattern& pattern : patterns_) {
    core::Result<bool> found = pattern.matches(name);
    if (found && !*found && wire != name) found = pattern.matches(wire);
    if (!found || *found) return found;
  }
  return false;
}

}  // namespace imapferry::sync
