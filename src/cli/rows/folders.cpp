#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> folders_rows() {
  return {
      {Group::folders,
       Origin::imapsync,
       {
           valued("folder", list, "NAME", works, "Copies exactly this folder; may be repeated.", "all folders"),
           valued("folderrec", list, "NAME", works, "Copies this folder and everything below it; may be repeated."),
           valued("include", list, "REGEX", works, "Of all folders, keeps those that match one of these expressions."),
           valued("exclude", list, "REGEX", works,
                  "Leaves out the folders that match one of these; decided last, also for --folder."),
           command("noexclude", works, "Cancels the exclusions that a preset would add."),
           on_off("subscribe", works, works, "Subscribes on the destination to what is subscribed on the source.",
                  "on"),
           on_off("subscribed", missing, inherent, "Copies only the subscribed folders."),
           on_off("subscribeall|subscribe_all", missing, inherent,
                  "Subscribes on the destination to every folder copied."),
           valued("folderfirst", list, "NAME", ignored, "Copies this folder before the others."),
           valued("folderlast", list, "NAME", ignored, "Copies this folder after the others."),
           valued("prefix#", text, "PREFIX", missing,
                  "Prefix of folder names, taken away on the source (1) or put before on the destination (2).",
                  "the server's"),
           valued("sep#", text, "CHAR", missing, "Separator of folder names on the source (1) or destination (2).",
                  "the server's"),
           valued("subfolder1", text, "NAME", missing,
                  "Copies only what is below this source folder, to the destination's root."),
           valued("subfolder2", text, "NAME", missing,
                  "Puts everything, INBOX included, below this destination folder."),
           on_off("fixslash2", inherent, missing,
                  "Writes _ for a / in a folder name that the destination would take for a separator.", "on"),
           on_off("fixinboxinbox", inherent, missing, "Treats INBOX and Inbox as the same folder.", "on"),
           valued("regextrans2", list, "S/A/B/", missing, "Changes destination folder names with a Perl substitution."),
           valued("f1f2", list, "OLD=NEW", missing, "Copies this source folder to that destination folder."),
           valued("f1f2h", pairs, "OLD=NEW", missing, "The same as --f1f2."),
           command("nof1f2", works, "Cancels the folder pairs that a preset would add."),
           on_off("automap", missing, inherent, "Pairs folders by their purpose: Sent, Drafts, Trash, ..."),
           on_off("mixfolders", inherent, missing,
                  "Also copies into a destination folder whose name differs in its case only.", "on"),
           on_off("skipemptyfolders", missing, inherent, "Does not create empty folders on the destination."),
           on_off("checkselectable", inherent, inherent, "Checks that each folder can be opened.", "on"),
           on_off("checkfoldersexist", inherent, ignored, "Checks that the folders asked for exist.", "on"),
           on_off("create_folder_old", ignored, inherent, "Creates folders without their parents."),
           on_off("foldersizes", works, works,
                  "Counts and weighs all folders before copying, by a listing of its own; without it the same table is "
                  "made at the end, of what the run has seen, and --nofoldersizes leaves it out.",
                  "the table, without a listing"),
           on_off("foldersizesatend", works, works,
                  "The table after copying: of what the run has seen and done, without another listing.",
                  "as --foldersizes"),
           on_off("syncacls", missing, inherent, "Copies access control lists."),
       }}};
}

}  // namespace imapferry::cli
