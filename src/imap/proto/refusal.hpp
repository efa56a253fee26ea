#pragma once

#include "core/failure.hpp"
#include "imap/proto/engine.hpp"

#include <string_view>

namespace imapferry::imap::proto {

/// What a NO or BAD means for us: by its response code (RFC 5530) where there is one, else by the words that servers
/// are known to use, else `fallback`.
[[nodiscard]] core::Fault fault_of(std::string_view code, std::string_view text, core::Fault fallback);

/// The failure of a refused command: "CREATE was refused", with the server's words.
[[nodiscard]] core::Failure refusal(const CommandResult& result, core::Fault fallback, std::string_view what);

}  // namespace imapferry::imap::proto
