#pragma once

#include "report/counts.hpp"
#include "sync/event.hpp"

#include <optional>
#include <string>
#include <string_view>

/// How things are called in lines for people. What comes from servers and files is made printable here.
namespace imapferry::report {

/// "Archive", or "Archive -> Old/Archive" when it is called otherwise on the destination.
[[nodiscard]] std::string pair_name(std::string_view source, std::string_view destination);
/// "INBOX uid 17, 1.2 KiB, "Subject": refused because ...".
[[nodiscard]] std::string describe(const sync::MessageRefused& refused);
/// "found by SEARCH SENTSINCE 1-Nov-2026 (ages by the Date header, days in UTC)".
[[nodiscard]] std::string describe(const sync::MessagesSelected& selected);
/// "source: expected ..., saw ... (the server says: "...")".
[[nodiscard]] std::string describe(const core::Failure& failure, std::optional<sync::Side> side);

}  // namespace imapferry::report
