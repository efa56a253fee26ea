#pragma once

#include "core/rate_limit.hpp"

#include <cstddef>
#include <cstdint>

namespace imapferry::config {

/// What a run may use.
struct RunLimits {
  std::size_t max_accounts = 0;  ///< accounts in work at once; 0 means our default
  std::size_t lanes = 0;         ///< lanes per account; 0 means our default
  std::size_t memory =
      64u << 20;  ///< bytes that the process may take, about; huge mailboxes need more for their indexes
  std::size_t batch_messages = 0;  ///< messages per MULTIAPPEND; 0 means our default
  std::size_t batch_bytes = 0;
  core::Rates rates;                    ///< of each account
  std::uint64_t errors = 50;            ///< an account ends when it has so many errors; 0 means no limit
  std::uint64_t transferred_bytes = 0;  ///< an account ends when so much was copied; 0 means no limit
};

}  // namespace imapferry::config
