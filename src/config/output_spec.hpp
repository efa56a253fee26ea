#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imapferry::config {

/// What a run tells, and where.
struct OutputSpec {
  std::optional<bool> verbose;         ///< imapsync's lines on standard output; by default where it is no terminal
  bool log = true;                     ///< a log file, for a run of one account
  std::string log_file;                ///< its name; empty: made of the date and the users
  std::string log_directory;           ///< empty: our default
  bool log_every_account = false;      ///< --logdir was given: with a users file each account has a log of its own
  bool errors_dump = true;             ///< list the errors at the end
  bool folder_sizes = true;            ///< the table of sizes before the copy
  bool folder_sizes_at_end = true;     ///< and after it
  bool wire_source = false;            ///< --debugimap1: what travels, to the log and standard error
  bool wire_destination = false;       ///< --debugimap2
  bool report_to_source = false;       ///< --emailreport1: a message into the source's INBOX at the end of an account
  bool report_to_destination = false;  ///< --emailreport2
  std::string report_sender;           ///< an address; empty: ours
  std::vector<std::string> variables;  ///< --var: written to the log
  std::string command_line;            ///< as it was given, secrets masked
};

}  // namespace imapferry::config
