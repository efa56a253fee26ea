#pragma once

#include "config/identity_rules.hpp"
#include "core/sip_hash.hpp"
#include "regex/pattern.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// Key of the hash: the store's, or drawn for one run. Nobody can craft two messages that collide, and so hide one
/// behind the other.
using IdentityKey = core::HashKey;

/// By which header lines messages are recognised, ready for use.
class IdentityRule {
 public:
  /// Throws core::Error when --skipheader is no pattern; the command line has been checked for that.
  explicit IdentityRule(const IdentityKey& key, const config::IdentityRules& rules = {});

  [[nodiscard]] const IdentityKey& key() const noexcept { return key_; }
  [[nodiscard]] bool has_all_fields() const noexcept { return has_all_fields_; }
  /// Whether lines of this name (any case) count.
  [[nodiscard]] bool has_field(std::string_view name) const noexcept;
  /// Whether a line in its normal form, "NAME: VALUE", does not count after all.
  [[nodiscard]] bool skips(std::string_view line) const;
  [[nodiscard]] bool cuts_domains() const noexcept { return cuts_domains_; }
  /// The part of a message that a FETCH asks for: "HEADER.FIELDS (MESSAGE-ID RECEIVED)".
  [[nodiscard]] const std::string& section() const noexcept { return section_; }
  /// Identities of other rules are others; empty for the usual ones.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  IdentityKey key_;
  bool has_all_fields_;
  bool has_usual_fields_;
  bool cuts_domains_;
  std::vector<std::string> fields_;
  std::optional<regex::Pattern> skipped_;
  std::string section_;
  std::string text_;
};

}  // namespace imapferry::sync
