#pragma once

#include <map>
#include <string>

namespace imapferry::config {

/// How the process is controlled from outside.
struct ProcessSpec {
  /// What a signal does.
  enum class OnSignal {
    stop,          ///< what is in flight is finished, then statistics and the end; at once when it comes again
    reconnect,     ///< both sides' connections are opened anew
    ignore,        ///< nothing
    show_status,   ///< one line that says how far the run is
    toggle_rates,  ///< the limits of how fast is copied are lifted, or hold again
  };
  std::string pid_file;             ///< where our number, and the log file's name, stand; see writes_pid_file
  bool writes_pid_file = false;     ///< else the name only tells which run is meant
  bool locks_pid_file = false;      ///< --pidfilelocking: a living process in it ends this one before it begins
  std::map<int, OnSignal> signals;  ///< by signal number
  double pretended_seconds = 0;     ///< --simulong: lines are printed for so long before anything begins
};

}  // namespace imapferry::config
