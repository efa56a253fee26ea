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
          }};
}

Section output() {
  return {Group::output,
          Origin::imapsync,
          {
              on_off("log", ignored, inherent, "Writes a log file."),
              valued("logfile", text, "FILE", ignored, "Name of the log file."),
              valued("logdir", text, "DIR", ignored, "Directory of the log file."),
              valued("errorsmax", integer, "N", ignored, "Stops after that many errors."),
              on_off("errorsdump", inherent, ignored, "Lists the errors at the end.", "on"),
              on_off("emailreport#", ignored, inherent,
                     "Puts a report into the INBOX of the source (1) or destination (2)."),
              valued("emailreportfrom", text, "ADDRESS", ignored, "Sender of that report."),
              on_off("releasecheck", ignored, inherent, "Looks for a newer version; imapferry never calls home."),
              on_off("modulesversion|modules_version", inherent, inherent, "Shows the versions of Perl modules."),
              valued("var", list, "KEY=VALUE", ignored, "Values that are written to the log."),
          }};
}

}  // namespace

std::vector<Section> output_rows() { return {own_output(), output()}; }

}  // namespace imapferry::cli
