#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section process() {
  return {
      Group::process,
      Origin::imapsync,
      {
          valued("pidfile", text, "FILE", works,
                 "File that holds the number of the process while it runs, and the name of its log file; written only "
                 "when it is named, or with --pidfilelocking.",
                 "imapferry.pid in --tmpdir"),
          on_off("pidfilelocking", works, works, "Refuses to start when the pid file names a running process."),
          valued("tmpdir", text, "DIR", works, "Directory of the pid file.", "$TMPDIR or /tmp"),
          on_off("abort", works, inherent,
                 "Stops the run that the pid file names: SIGQUIT, and after 3 seconds SIGKILL; waits for its end."),
          on_off("abortbyfile", works, inherent, "Stops the run that the pid file names, by a file beside it."),
          on_off("tail", works, inherent, "Shows the log of the run that the pid file names, until that ends."),
          valued(
              "sigexit", list, "SIGNAL", works,
              "More signals that end the run, with statistics; at once when they come again. The process dies by the "
              "signal.",
              "INT, QUIT, TERM"),
          valued("sigreconnect", list, "SIGNAL", works,
                 "Signals that make it open all connections anew; twice within 2 seconds they end the run."),
          valued("sigignore", list, "SIGNAL", works, "Signals to ignore."),
          because("The system shares the machine out; --maxaccounts and --lanes bound what a run takes.",
                  on_off("exitonload", ignored, inherent, "Stops when the machine is busy.")),
          because("Nothing depends on it: name the directories that a container keeps.",
                  on_off("dockercontext", ignored, inherent, "Behaves as in a container.")),
      }};
}

Section of_version_1() {
  return {
      Group::process,
      Origin::old_imapsync,
      {
          because("It had no effect there either.",
                  on_off("fast", ignored, inherent, "An option of imapsync 1.592 without effect.")),
          because("A session is opened anew when it is lost.",
                  valued("relogin#", integer, "N", ignored, "Messages after which imapsync 1.592 logged in again.")),
          because("There are no Perl modules.",
                  on_off("allow3xx", ignored, inherent, "An option of imapsync 1.592 for old Perl modules.")),
      }};
}

}  // namespace

std::vector<Section> process_rows() { return {process(), of_version_1()}; }

}  // namespace imapferry::cli
