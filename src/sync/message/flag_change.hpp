#pragma once

#include "imap/proto/flags.hpp"

#include <string>
#include <utility>

namespace imapferry::sync {

/// What a STORE does to the flags of messages.
struct FlagChange {
  enum class How { replace, add, remove };
  FlagChange(How what, imap::proto::Flags which) : how(what), flags(std::move(which)) {}

  How how;
  imap::proto::Flags flags;

  /// As the command takes it: "+FLAGS.SILENT (\Seen)".
  [[nodiscard]] std::string item() const;
  [[nodiscard]] imap::proto::Flags applied_to(const imap::proto::Flags& before) const;
};

/// The flags of `a` that are not among those of `b`; keywords are compared without case.
[[nodiscard]] imap::proto::Flags without(const imap::proto::Flags& a, const imap::proto::Flags& b);
/// The flags of `a` that are among those of `b` as well.
[[nodiscard]] imap::proto::Flags common(const imap::proto::Flags& a, const imap::proto::Flags& b);

}  // namespace imapferry::sync
