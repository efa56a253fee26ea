#pragma once

#include "sink_store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace imapferry::bench::synthetic {

/// What a sink holds, compared with what a source of the same shape has.
struct SinkTally {
  std::uint64_t mailboxes = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t equal = 0;        ///< byte for byte; also those that are doubled or misplaced
  std::uint64_t different = 0;    ///< with the Message-Id of a made message, but other bytes
  std::uint64_t unknown = 0;      ///< no made message at all
  std::uint64_t doubled = 0;      ///< the same message once more in one mailbox
  std::uint64_t misplaced = 0;    ///< in a mailbox of another name, or of another user than the account's other mail
  std::uint64_t missing = 0;      ///< nowhere in the account, or different
  std::uint64_t wrong_flags = 0;  ///< also those that should have been changed by the delta
  std::uint64_t wrong_dates = 0;

  SinkTally& operator+=(const SinkTally& other);
  /// Everything that the source has is there, and nothing else.
  [[nodiscard]] bool is_complete() const;
  [[nodiscard]] nlohmann::ordered_json to_json() const;
};

[[nodiscard]] std::uint64_t messages_in_account(const World& world);
[[nodiscard]] SinkTally tally_of(const Account& account, const SinkWorld& sink);

}  // namespace imapferry::bench::synthetic
