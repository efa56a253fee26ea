#include "sync/mailbox/name_pattern.hpp"

namespace imapferry::sync {

core::Result<NamePattern> NamePattern::compile(std::string_view pattern) {
  core::Result<regex::Pattern> compiled = regex::Pattern::compile(pattern, regex::Alphabet::utf8);
  if (!compiled) return compiled.error();
  return NamePattern(std::move(*compiled));
}

core::Result<bool> NamePattern::matches(std::string_view name) const { return pattern_.matches(name); }

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
