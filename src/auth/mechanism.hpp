#pragma once

#include <span>
#include <string_view>

namespace imapferry::auth {

/// A SASL mechanism (RFC 4422) that we have.
struct Mechanism {
  std::string_view name;              ///< as on the wire
  bool speaks_first = false;          ///< the client has the first word
  bool protects_password = false;     ///< whoever listens does not learn it
  bool server_proves_itself = false;  ///< the exchange ends with a proof that the server knows the password too
  bool takes_token = false;           ///< an OAuth 2.0 access token in place of the password
};

/// The mechanism of this name, or null where we have none.
[[nodiscard]] const Mechanism* find_mechanism(std::string_view name);

/// All of them.
[[nodiscard]] std::span<const Mechanism> mechanisms();

}  // namespace imapferry::auth
