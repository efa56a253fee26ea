#pragma once

#include "core/failure.hpp"
#include "sync/event.hpp"

#include <optional>
#include <string>

/// Lines about errors in imapsync's words: scripts look for them, and so does classify_text().
namespace imapferry::report {

/// Who works with whom: one account of a run.
struct AccountNames {
  std::string host1, user1, host2, user2;
};

[[nodiscard]] std::string error_line(const sync::MessageRefused& refused);
[[nodiscard]] std::string error_line(const sync::MailboxFailed& failed);
[[nodiscard]] std::string error_line(const core::Failure& failure, std::optional<sync::Side> side,
                                     const AccountNames& names);

}  // namespace imapferry::report
