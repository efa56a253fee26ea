#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section own_output() {
  return {Group::output,
          Origin::own,
          {
              valued("progress", choice, "HOW", works,
                     "How progress is shown: auto, live (rewritten in place), plain (a line now and then) or none.",
                     "auto", "auto|live|plain|none"),
              on_off("verbose", works, works,
                     "Shows imapsync's lines and statistics on standard output too; --noverbose leaves them to the log "
                     "file.",
                     "on where standard output is no terminal"),
          }};
}

Section output() {
  return {
      Group::output,
      Origin::imapsync,
      {
          on_off("log", works, works,
                 "Writes a log file, in a run of one account; with a users file only where --logdir is given, then "
                 "one for each account.",
                 "on"),
          valued("logfile", text, "FILE", works, "Name of the log file, below --logdir unless it begins with /.",
                 "date and time, --user1, --user2"),
          valued("logdir", text, "DIR", works, "Directory of the log file; it is made when it is missing.",
                 "LOG_imapferry"),
          within(0, 1e9,
                 valued("errorsmax", integer, "N", works, "Ends an account when it has so many errors; 0 is no limit.",
                        "50")),
          on_off("errorsdump", works, works, "Lists the errors at the end of the log.", "on"),
          on_off("emailreport#", works, works,
                 "Puts a report with the statistics, as a message, into the INBOX of the source (1) or "
                 "destination (2) when an account has come to its end."),
          valued("emailreportfrom", text, "ADDRESS", works, "Sender of that report.", "imapferry@imapferry.invalid"),
          because("There is no such service: imapferry never calls home.",
                  on_off("releasecheck", ignored, inherent, "Looks for a newer version.")),
          on_off("modulesversion|modules_version", inherent, inherent, "Shows the versions of Perl modules."),
          valued("var", list, "KEY=VALUE", works, "Values that are written to the log."),
      }};
}

}  // namespace

std::vector<Section> output_rows() { return {own_output(), output()}; }

}  // namespace imapferry::cli
