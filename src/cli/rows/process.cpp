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
          valued("pidfile", text, "FILE", ignored, "File that holds the number of the process."),
          on_off("pidfilelocking", missing, inherent, "Refuses to start when the pid file names a running process."),
          valued("tmpdir", text, "DIR", ignored, "Directory for temporary files."),
          on_off("abort", missing, inherent, "Stops the run that the pid file names."),
          on_off("abortbyfile", missing, inherent, "Stops the run that the pid file names, by a file beside it."),
          on_off("tail", missing, inherent, "Shows the log of the run that the pid file names."),
          valued("sigexit", list, "SIGNAL", ignored, "Signals that end the run."),
          valued("sigreconnect", list, "SIGNAL", ignored, "Signals that make it reconnect."),
          valued("sigignore", list, "SIGNAL", ignored, "Signals to ignore."),
          on_off("exitonload", ignored, inherent, "Stops when the machine is busy."),
          on_off("dockercontext", ignored, inherent, "Behaves as in a container."),
      }};
}

Section of_version_1() {
  return {Group::process,
          Origin::old_imapsync,
          {
              on_off("fast", ignored, inherent, "An option of imapsync 1.592 without effect."),
              valued("relogin#", integer, "N", ignored, "Messages after which imapsync 1.592 logged in again."),
              on_off("allow3xx", ignored, inherent, "An option of imapsync 1.592 for old Perl modules."),
          }};
}

}  // namespace

std::vector<Section> process_rows() { return {process(), of_version_1()}; }

}  // namespace imapferry::cli
