#pragma once

#include "report/tally.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace imapferry::report {

/// What the system tells at the end of a run.
struct StatisticsFacts {
  std::chrono::system_clock::time_point started, ended;
  double cpu_seconds = 0;
  unsigned cores = 1;
  std::uint64_t memory_at_start = 0, memory_at_end = 0;  ///< bytes
  std::string load;                                      ///< "0.24 0.25 0.22 3/1533"
  std::uint64_t errors_max = 0;                          ///< 0 means no limit
  int process = 0;
  bool is_dry = false;
};

/// imapsync's block "++++ Statistics": its lines in its order, the colons at column 41, and the verdicts, to
/// "Detected N errors".
[[nodiscard]] std::string statistics(const RunTally& tally, const StatisticsFacts& facts);
/// The same of one account.
[[nodiscard]] std::string statistics(const AccountTally& account, const StatisticsFacts& facts);

/// "Exiting with return value 0 (EX_OK: successful termination) 0/50 nb_errors/max_errors PID 4711".
[[nodiscard]] std::string exit_line(const RunTally& tally, const StatisticsFacts& facts);

/// "Killing myself with signal TERM", imapsync's last line, where the run is to end in that way; else nothing.
[[nodiscard]] std::string signal_line(const RunTally& tally);

/// imapsync's tables of folder sizes.
enum class SizesWhen { before, after };
[[nodiscard]] std::string folder_sizes(const std::vector<MailboxResult>& mailboxes, SizesWhen when);

}  // namespace imapferry::report
