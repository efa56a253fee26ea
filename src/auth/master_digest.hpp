#pragma once

#include "core/secret.hpp"

#include <string_view>

namespace imapferry::auth {

/// What answers the challenge of X-MASTERAUTH, with which whoever knows the master password of a Kerio Connect logs in:
/// MD5 of the challenge and the password, in hexadecimal. Empty where this OpenSSL has no MD5.
[[nodiscard]] core::Secret master_digest(std::string_view challenge, const core::Secret& password);

}  // namespace imapferry::auth
