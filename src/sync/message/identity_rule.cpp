#include "sync/message/identity_rule.hpp"

#include "core/failure.hpp"
#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

namespace {

const std::vector<std::string>& usual_fields() {
  static const std::vector<std::string> fields = {"MESSAGE-ID", "RECEIVED"};
  return fields;
}

bool are_equal(const std::string& a, const std::string& b) { return imap::proto::equals_ignoring_case(a, b); }

std::string joined(const std::vector<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields) text += (text.empty() ? "" : " ") + field;
  return text;
}

}  // namespace

IdentityRule::IdentityRule(const IdentityKey& key, const config::IdentityRules& rules)
    : key_(key), has_all_fields_(rules.all_fields), cuts_domains_(!rules.message_id_with_domain),
      fields_(rules.fields.empty() ? usual_fields() : rules.fields) {
  has_usual_fields_ =
      std::is_permutation(fields_.begin(), fields_.end(), usual_fields().begin(), usual_fields().end(), are_equal);
  if (!rules.skipped.empty()) {
    regex::Modifiers modifiers;
    modifiers.ignore_case = modifiers.extended = true;
    core::Result<regex::Pattern> pattern = regex::Pattern::compile(rules.skipped, regex::Alphabet::bytes, modifiers);
    if (!pattern) throw core::Error(pattern.error().within("--skipheader"));
    skipped_ = std::move(*pattern);
  }
  section_ = has_all_fields_ ? std::string("HEADER") : fmt::format("HEADER.FIELDS ({})", joined(fields_));
  if (has_all_fields_ || !has_usual_fields_) text_ = section_;
  if (skipped_) text_ += fmt::format(" skip={}", rules.skipped);
  if (cuts_domains_) text_ += " nodomain";
}

bool IdentityRule::has_field(std::string_view name) const noexcept {
  if (has_all_fields_) return true;
  if (has_usual_fields_) {
    return imap::proto::equals_ignoring_case(name, "message-id") || imap::proto::equals_ignoring_case(name, "received");
  }
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const std::string& field) { return imap::proto::equals_ignoring_case(field, name); });
}

bool IdentityRule::skips(std::string_view line) const {
  if (!skipped_) return false;
  const core::Result<bool> matches = skipped_->matches(line);
  return matches && *matches;
}

}  // namespace imapferry::sync
