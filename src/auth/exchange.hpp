#pragma once

#include "auth/identity.hpp"
#include "auth/mechanism.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace imapferry::auth {

/// The client's side of one SASL exchange. Messages are in base64, as IMAP carries them.
class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  /// The answer to what the server says; for a mechanism in which the client speaks first, to nothing at first. A
  /// failure ends the exchange: the server is told "*".
  virtual core::Result<core::Secret> answer(std::string_view challenge) = 0;
  /// Whether the server has shown what the mechanism has it show: without, its OK is worth nothing.
  [[nodiscard]] virtual bool is_complete() const = 0;
  /// What the server has said within the exchange about a refusal (RFC 7628 section 3.2.2), or nothing.
  [[nodiscard]] virtual std::string complaint() const { return {}; }
};

/// Throws core::Error (Fault::internal) where memory or the library fail.
[[nodiscard]] std::unique_ptr<Exchange> begin_exchange(const Mechanism& mechanism, const Identity& identity);

}  // namespace imapferry::auth
