#pragma once

#include "report/tally.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace imapferry::report {

/// What a run was asked to do.
enum class Task {
  copy,
  folders,       ///< --justfolders
  folder_sizes,  ///< --justfoldersizes; the tally must keep sizes
  folder_names,  ///< --justfolderlists, --justautomap
  connect,       ///< --justconnect
  login,         ///< --justlogin
};

/// What the tally does not know.
struct SummaryFacts {
  Task task = Task::copy;
  bool is_dry = false;
  std::chrono::milliseconds elapsed{0};
  std::uint64_t peak_memory = 0;  ///< bytes; 0 means unknown
  std::string log_file;           ///< empty where there is none
  bool tells_exit_value = true;   ///< false where imapsync's own line about it follows
};

/// The text at the end of a run: several lines, the last of them the verdict.
[[nodiscard]] std::string summary(const RunTally& tally, const SummaryFacts& facts);

}  // namespace imapferry::report
