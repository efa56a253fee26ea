#include "sync/message/flag_change.hpp"

#include <fmt/format.h>

namespace imapferry::sync {

using imap::proto::Flags;

std::string FlagChange::item() const {
  const char* sign = how == How::add ? "+" : how == How::remove ? "-" : "";
  return fmt::format("{}FLAGS.SILENT ({})", sign, flags.to_string());
}

Flags FlagChange::applied_to(const Flags& before) const {
  if (how == How::replace) return flags;
  if (how == How::remove) return without(before, flags);
  Flags after = before;
  after.system |= flags.system;
  for (const std::string& keyword : flags.keywords) after.add(keyword);
  return after;
}

Flags without(const Flags& a, const Flags& b) {
  Flags rest;
  rest.system = static_cast<std::uint8_t>(a.system & ~b.system & ~imap::proto::flag_recent);
  for (const std::string& keyword : a.keywords) {
    if (!b.has_keyword(keyword)) rest.keywords.push_back(keyword);
  }
  return rest;
}

Flags common(const Flags& a, const Flags& b) { return without(a, without(a, b)); }

}  // namespace imapferry::sync
