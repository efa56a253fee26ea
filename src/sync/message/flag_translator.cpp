#include "sync/message/flag_translator.hpp"

#include <utility>

namespace imapferry::sync {

using imap::proto::Flags;

namespace {

/// As the server wrote them, but for the order and \Recent.
std::string text_of(const Flags& flags) {
  std::string text = flags.to_string();
  for (const std::string& flag : flags.unknown) text += (text.empty() ? "" : " ") + flag;
  return text;
}

}  // namespace

FlagTranslator::FlagTranslator(const config::FlagRules& rules, const imap::proto::PermanentFlags& permanent)
    : permanent_(permanent) {
  for (const std::string& expression : rules.transforms) {
    core::Result<regex::Substitution> substitution = regex::Substitution::parse(expression);
    if (!substitution) throw core::Error(substitution.error().within("--regexflag"));
    substitutions_.push_back(std::move(*substitution));
  }
}

Flags FlagTranslator::operator()(const Flags& flags, std::vector<std::string>* left_out) const {
  return imap::proto::permitted(substitutions_.empty() ? flags : changed(flags), permanent_, left_out);
}

const Flags& FlagTranslator::changed(const Flags& flags) const {
  std::string text = text_of(flags);
  const auto known = known_.find(text);
  if (known != known_.end()) return known->second;
  const core::Result<std::string> result = regex::apply_all(substitutions_, text);
  // An expression that takes for ever leaves the flags as they are, as in imapsync.
  Flags after = imap::proto::flags_from(result ? *result : text);
  return known_.emplace(std::move(text), std::move(after)).first->second;
}

}  // namespace imapferry::sync
