#pragma once

#include "imap/proto/flags.hpp"
#include "imap/proto/uid_set.hpp"
#include "sync/message/flag_change.hpp"
#include "sync/message/flag_translator.hpp"
#include "sync/message/mailbox_index.hpp"
#include "sync/message/match.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace imapferry::sync {

/// Messages on the destination that get the same change of flags.
struct PlannedChange {
  explicit PlannedChange(FlagChange what) : change(std::move(what)) {}
  FlagChange change;
  imap::proto::UidSet uids;
};

/// By FlagChange::item.
using FlagPlan = std::map<std::string, PlannedChange>;

/// What makes the flags of messages on the destination those of their source, as far as the destination can hold them.
[[nodiscard]] FlagPlan plan_replacements(const Matches& matches, const MailboxIndex& source,
                                         const MailboxIndex& destination, const FlagTranslator& translate);

/// Flags of source messages before they changed, by UID.
using FlagsBefore = std::map<imap::proto::Uid, imap::proto::Flags>;

/// What does to the destination's messages that which has been done to their source: of `remembered` ones (UIDs on the
/// source) what has changed since `before`; the others lose no flag.
[[nodiscard]] FlagPlan plan_merges(const Matches& matches, const MailboxIndex& source, const MailboxIndex& destination,
                                   const FlagTranslator& translate, const FlagsBefore& before,
                                   const imap::proto::UidSet& remembered);

/// How many messages it changes.
[[nodiscard]] std::uint64_t size_of(const FlagPlan& plan) noexcept;

}  // namespace imapferry::sync
