#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section own_flags() {
  return {
      Group::flags,
      Origin::own,
      {
          on_off("flagsmerge", works, inherent,
                 "Changes on the destination what has changed on the source since the last run, and leaves what the "
                 "user has changed there."),
      }};
}

Section flags() {
  return {Group::flags,
          Origin::imapsync,
          {
              on_off("resyncflags", works, works, "Brings the flags of messages already there in line with the source.",
                     "on"),
              on_off("syncflagsaftercopy", works, works,
                     "Sets the flags once more after the copy, for servers that do not take them with a message."),
              because("A flag that the destination does not list could get the whole message refused.",
                      on_off("filterflags", inherent, ignored, "Sends only flags that the destination allows.", "on")),
              on_off("filterbuggyflags", inherent, inherent,
                     "Leaves out flags that are no valid IMAP; imapferry always does."),
              because("Flags have no case.",
                      on_off("flagscase", inherent, ignored, "Writes the standard flags in their usual case.", "on")),
              valued("regexflag", list, "S/A/B/", works, "Changes flags with a Perl substitution; may be repeated."),
              command("noregexflag", works, "Cancels the substitutions that a preset would add."),
          }};
}

}  // namespace

std::vector<Section> flags_rows() { return {own_flags(), flags()}; }

}  // namespace imapferry::cli
