#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imapferry::config {

/// How messages are recognised, and how they are changed on the way.
struct MessageRules {
  std::vector<std::string> skip;           ///< --skipmess: Perl matches; a message that one matches is left out
  std::vector<std::string> substitutions;  ///< --regexmess: Perl substitutions, in order
  std::vector<std::string> commands;       ///< --pipemess: for the shell, in order
  bool check_commands = true;              ///< --pipemesscheck: try them before anything is copied
  bool disarm_read_receipts = false;
  bool add_id = false;                           ///< --addheader
  std::optional<std::uint64_t> truncate_at;      ///< --truncmess
  std::optional<std::uint64_t> longest_line;     ///< --maxlinelength: messages with a longer one are left out, or
  std::string long_line_command;                 ///< --maxlinelengthcmd: go through this
  std::optional<std::uint64_t> least_long_line;  ///< --minmaxlinelength: those without a longer one are left out
  std::chrono::seconds command_time{120};        ///< --pipetimeout: a command that takes longer has failed

  /// Whether messages have to be looked at, or changed, as a whole.
  [[nodiscard]] bool concern_texts() const noexcept {
    return !skip.empty() || !substitutions.empty() || !commands.empty() || disarm_read_receipts || add_id ||
           truncate_at || longest_line || least_long_line;
  }
};

}  // namespace imapferry::config
