#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section selection() {
  return {
      Group::folders,
      Origin::imapsync,
      {
          valued("folder", list, "NAME", works, "Copies exactly this folder; may be repeated.", "all folders"),
          valued("folderrec", list, "NAME", works, "Copies this folder and everything below it; may be repeated."),
          valued("include", list, "REGEX", works,
                 "Copies the folders that match one of these expressions, besides those that are named."),
          valued("exclude", list, "REGEX", works,
                 "Leaves out the folders that match one of these; decided last, also for --folder."),
          command("noexclude", works, "Cancels the exclusions that a preset would add."),
          on_off("subscribed", works, works, "Copies only the subscribed folders (and those named with --folder)."),
          on_off("subscribe", works, works, "Subscribes on the destination to what is subscribed on the source.", "on"),
          on_off("subscribeall|subscribe_all", works, works, "Subscribes on the destination to every folder copied."),
          valued("folderfirst", list, "NAME", works, "Copies this folder before the others."),
          valued("folderlast", list, "NAME", works, "Copies this folder after the others."),
          on_off("skipemptyfolders", works, works, "Does not create empty folders on the destination."),
          because("Every folder is opened before it is copied, and one that cannot be is reported.",
                  on_off("checkselectable", inherent, inherent, "Checks that each folder can be opened.", "on")),
          because("A --folder that is not there is reported either way; nothing else is left out for it.",
                  on_off("checkfoldersexist", inherent, ignored, "Checks that the folders asked for exist.", "on")),
          on_off("foldersizes", works, works,
                 "Counts and weighs all folders before copying, by a listing of its own; without it the same table is "
                 "made at the end, of what the run has seen, and --nofoldersizes leaves it out.",
                 "the table, without a listing"),
          on_off("foldersizesatend", works, works,
                 "The table after copying: of what the run has seen and done, without another listing.",
                 "as --foldersizes"),
      }};
}

Section names() {
  return {
      Group::folders,
      Origin::imapsync,
      {
          valued("prefix#", text, "PREFIX", works,
                 "Prefix of folder names, taken away on the source (1) or put before on the destination (2).",
                 "the server's"),
          valued("sep#", text, "CHAR", works, "Separator of folder names on the source (1) or destination (2).",
                 "the server's"),
          valued("subfolder1", text, "NAME", works,
                 "Copies only what is below this source folder, to the destination's root; turns --automap off."),
          valued("subfolder2", text, "NAME", works,
                 "Puts everything, INBOX included, below this destination folder; turns --automap off."),
          on_off("fixslash2", works, works,
                 "Writes _ for a / in a folder name that the destination would take for a separator.", "on"),
          because("INBOX is the same folder in any case, as IMAP has it.",
                  on_off("fixinboxinbox", inherent, ignored, "Treats INBOX and Inbox as the same folder.", "on")),
          valued("regextrans2", list, "S/A/B/", works, "Changes destination folder names with a Perl substitution."),
          valued("f1f2", list, "OLD=NEW", works,
                 "Copies this source folder to that destination folder; several may go to one."),
          valued("f1f2h", pairs, "OLD=NEW", works, "The same as --f1f2."),
          command("nof1f2", works, "Cancels the folder pairs that a preset would add."),
          on_off("automap", works, works,
                 "Pairs folders by their purpose, as the servers tell it or their names in many languages: Sent, "
                 "Drafts, Trash, ..."),
          on_off("mixfolders", inherent, works,
                 "Also copies into a destination folder whose name differs in its case only.", "on"),
          because("Servers make the folders above a new one themselves, or are asked to where they do not.",
                  on_off("create_folder_old", ignored, inherent, "Creates folders without their parents.")),
          on_off("syncacls", works, works, "Copies access control lists."),
      }};
}

Section own_names() {
  return {Group::folders,
          Origin::own,
          {
              on_off("automapflat", works, works,
                     "With --automap, folders below such a one keep their own names, as in imapsync."),
          }};
}

}  // namespace

std::vector<Section> folders_rows() { return {selection(), names(), own_names()}; }

}  // namespace imapferry::cli
