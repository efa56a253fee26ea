#include "sync/name_pattern.hpp"

namespace imapferry::sync {

core::Result<NamePattern> NamePattern::compile(std::string_view pattern) {
  core::Result<regex::Pattern> compiled = regex::Pattern::compile(pattern, regex::Alphabet::utf8);
  if (!compiled) return compiled.error();
  return NamePattern(std::move(*compiled));
}

core::Result<bool> NamePattern::matches(std::string_view name) const { return pattern_.matches(name); }

}  // namespace imapferry::sync
