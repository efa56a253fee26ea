#pragma once

#include "config/selection_rules.hpp"
#include "imap/proto/uid_set.hpp"
#include "sync/message/mailbox_index.hpp"

#include <cstdint>
#include <string>

namespace imapferry::sync {

/// The criteria of the SEARCH that selects messages of one side, or nothing where none is needed: the user's own, and
/// ages by the Date header. `now` in unix seconds.
[[nodiscard]] std::string search_criteria(const config::SelectionRules& rules, const config::SideSelection& side,
                                          std::int64_t now);

/// Whether ages of that side are told from the date of arrival.
[[nodiscard]] bool selects_by_arrival(const config::SelectionRules& rules, const config::SideSelection& side) noexcept;

/// Those ages in words: "since 13-Nov-2026 12:00:00 +0000 and before 22-Nov-2026 00:00:00 +0000".
[[nodiscard]] std::string arrival_criteria(const config::SelectionRules& rules, std::int64_t now);

/// Whether a message that arrived then (unix seconds) is of the right age. One whose date is not known is.
[[nodiscard]] bool has_right_age(const config::SelectionRules& rules, std::int64_t date, std::int64_t now) noexcept;

[[nodiscard]] bool has_right_size(const config::SelectionRules& rules, std::uint64_t size) noexcept;

}  // namespace imapferry::sync
