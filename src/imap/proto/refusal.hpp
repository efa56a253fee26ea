#pragma once

#include "core/failure.hpp"
#include "imap/proto/engine.hpp"

#include <chrono>
#include <string_view>

namespace imapferry::imap::proto {

/// What a NO or BAD means for us: by its response code (RFC 5530) where there is one, else by the words that servers
/// are known to use, else `fallback`.
[[nodiscard]] core::Fault fault_of(std::string_view code, std::string_view text, core::Fault fallback);

/// How long a server asks us to wait ("Suggested Backoff Time: 5000 milliseconds", Exchange); none when it does not
/// say. Never more than a quarter of an hour.
[[nodiscard]] std::chrono::milliseconds wait_named_in(std::string_view text);

/// Whether a server says, in an answer that may be good, that it slows us down ("Success [THROTTLED]", Gmail).
[[nodiscard]] bool says_throttled(const CommandResult& result);

/// The failure of a refused command: "CREATE was refused", with the server's words.
[[nodiscard]] core::Failure refusal(const CommandResult& result, core::Fault fallback, std::string_view what);

}  // namespace imapferry::imap::proto
