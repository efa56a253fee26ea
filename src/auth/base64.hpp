#pragma once

#include "core/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imapferry::auth {

[[nodiscard]] core::Secret to_base64(std::string_view bytes);

/// Nothing when the text is not base64 (RFC 4648 section 4), padding and all.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace imapferry::auth
