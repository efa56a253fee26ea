#pragma once

#include "core/secret.hpp"

#include <string_view>

namespace imapferry::auth {

/// The one message of SASL PLAIN (RFC 4616), in base64 as IMAP carries it: authorisation identity empty, user, password.
[[nodiscard]] core::Secret plain_response(std::string_view user, const core::Secret& password);

}  // namespace imapferry::auth
