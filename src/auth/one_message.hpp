#pragma once

#include "auth/exchange.hpp"

#include <memory>

namespace imapferry::auth {

/// The mechanisms that consist of one message: PLAIN (RFC 4616), EXTERNAL (RFC 4422), XOAUTH2 (Google's and
/// Microsoft's) and OAUTHBEARER (RFC 7628).
[[nodiscard]] std::unique_ptr<Exchange> begin_one_message(const Mechanism& mechanism, const Identity& identity);

/// A message that somebody else has made, in base64 (--oauthdirect).
[[nodiscard]] std::unique_ptr<Exchange> begin_ready_made(const core::Secret& message);

}  // namespace imapferry::auth
