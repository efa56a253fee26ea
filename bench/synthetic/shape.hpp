#pragma once

#include <cmath>
#include <cstdint>

namespace imapferry::bench::synthetic {

/// What the source holds, as numbers: every message follows from them, the user's name and its UID. A source and a sink
/// that are given the same numbers agree on every byte.
struct Shape {
  std::uint64_t seed = 1;
  std::uint32_t mailboxes = 1;    ///< of an account
  std::uint32_t messages = 1000;  ///< in each mailbox, before the delta
  std::uint64_t size = 8192;      ///< of a message, about
  double spread = 0;              ///< sigma of log-normal sizes; 0: within 10 % of `size`
  double new_percent = 0;         ///< the delta: so many messages come in, in percent of `messages`
  double changed_percent = 0;     ///< the delta: so many of the others change their flags

  /// How many messages the delta adds to a mailbox.
  [[nodiscard]] std::uint32_t arrivals() const {
    return static_cast<std::uint32_t>(std::ceil(messages * new_percent / 100));
  }
};

/// Whether the delta has happened. A server is told so while it runs, and a client that comes again finds the changes.
enum class Phase { before_delta, after_delta };

[[nodiscard]] inline std::uint32_t messages_in(const Shape& shape, Phase phase) {
  return shape.messages + (phase == Phase::after_delta ? shape.arrivals() : 0);
}

}  // namespace imapferry::bench::synthetic
