#include "auth/exchange.hpp"

#include "auth/gnu_sasl.hpp"
#include "auth/one_message.hpp"

namespace imapferry::auth {

std::unique_ptr<Exchange> begin_exchange(const Mechanism& mechanism, const Identity& identity) {
  const bool is_one_message = mechanism.takes_token || mechanism.name == "PLAIN" || mechanism.name == "EXTERNAL";
  return is_one_message ? begin_one_message(mechanism, identity) : begin_gnu_sasl(mechanism, identity);
}

}  // namespace imapferry::auth
