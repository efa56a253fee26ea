#pragma once

#include "auth/exchange.hpp"

#include <memory>

namespace imapferry::auth {

/// The mechanisms that need several messages, by GNU SASL.
[[nodiscard]] std::unique_ptr<Exchange> begin_gnu_sasl(const Mechanism& mechanism, const Identity& identity);

}  // namespace imapferry::auth
