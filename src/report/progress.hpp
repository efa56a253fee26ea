#pragma once

#include "report/tally.hpp"
#include "run/event.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace imapferry::report {

struct Speed {
  double messages = 0, bytes = 0;  ///< a second
};

/// What is left to copy. Mailboxes and accounts that nobody has looked at yet are taken to be like those that are
/// known.
struct Remainder {
  double messages = 0, bytes = 0;
  bool is_certain = true;  ///< nothing of it is a guess
  double known_share = 1;  ///< of all work, done and left: how much of it is no guess
};
[[nodiscard]] Remainder remainder(const RunTally& tally);

struct Eta {
  std::chrono::seconds left{0};
  bool is_certain = true;
};

/// How fast copying goes, from samples of the totals.
class Progress {
 public:
  void sample(const Counts& totals, run::Clock::time_point now);
  /// Over the last 5 seconds.
  [[nodiscard]] Speed speed() const;
  /// Nothing while too little is known to be worth telling.
  [[nodiscard]] std::optional<Eta> eta(const Remainder& left) const;

 private:
  struct Sample {
    run::Clock::time_point time;
    std::uint64_t messages = 0, bytes = 0;
  };
  [[nodiscard]] Speed speed_over(run::Clock::duration window) const;
  std::deque<Sample> samples_;  ///< of the last minute
};

}  // namespace imapferry::report
