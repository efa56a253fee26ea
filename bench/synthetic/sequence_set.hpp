#pragma once

#include "imap/proto/uid_set.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace imapferry::bench::synthetic {

/// Reads "1:5,7,9:*" (RFC 9051, sequence-set), where "*" is `largest`. Nothing when it is not well formed.
[[nodiscard]] std::optional<imap::proto::UidSet> parse_sequence_set(std::string_view text, std::uint32_t largest);

}  // namespace imapferry::bench::synthetic
