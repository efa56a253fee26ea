#pragma once

#include "core/secret.hpp"

#include <cstdint>
#include <string>

namespace imapferry::auth {

/// Who logs in, and with what.
struct Identity {
  std::string user;           ///< whose password it is
  std::string authorization;  ///< whose mail is meant, where that is somebody else (RFC 4422 section 2)
  core::Secret password;      ///< or the OAuth 2.0 access token
  std::string domain;         ///< for NTLM
  std::string host;           ///< the server as it was asked for
  std::uint16_t port = 0;
};

}  // namespace imapferry::auth
