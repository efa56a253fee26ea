#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section own_deletion() {
  return {
      Group::deletion,
      Origin::own,
      {
          on_off("copydeleted2", works, works,
                 "Copies again what was copied once and has been deleted on the destination since; --nocopydeleted2 "
                 "leaves it deleted.",
                 "on"),
          valued("maxdelete", text, "N|P%", works,
                 "Refuses to delete more messages of a folder than this; without it --delete2 never deletes more than "
                 "half of a folder of over 100 messages, and nothing when the source's folder is empty.",
                 "50% on the destination"),
      }};
}

Section deletion() {
  return {
      Group::deletion,
      Origin::imapsync,
      {
          on_off("delete1|delete", works, works,
                 "Deletes on the source the messages that are on the destination: what was copied and confirmed, and "
                 "what was there already."),
          on_off("delete2", works, works,
                 "Deletes messages on the destination that the source does not have, after the copy."),
          on_off("delete2duplicates", works, works,
                 "Deletes messages that are in a destination folder more than once."),
          on_off("delete2folders", works, works, "Deletes folders on the destination that the source does not have."),
          valued("delete2foldersonly", text, "/REGEX/", works,
                 "Like --delete2folders, of those folders only that match."),
          valued("delete2foldersbutnot", text, "/REGEX/", works,
                 "Like --delete2folders, but spares folders that match."),
          on_off("delete1emptyfolders", works, works, "Deletes source folders that are empty at the end of the run."),
          on_off("expunge1|expunge", works, works,
                 "Removes what is marked as deleted on the source and is on the destination, after the copy; "
                 "--noexpunge1 makes --delete1 mark only.",
                 "on with --delete1"),
          on_off("expunge2", works, works,
                 "Removes everything that is marked as deleted on the destination, after the copy."),
          on_off(
              "uidexpunge2", works, works,
              "Removes on the destination what --delete2 has marked, and only that; --nouidexpunge2 leaves it marked.",
              "on with --delete2"),
          because(
              "Messages leave the source together at the end of each folder, when all of them are known to be there.",
              on_off("expungeaftereach", ignored, inherent, "With --delete1, removes each message at once.", "on")),
      }};
}

}  // namespace

std::vector<Section> deletion_rows() { return {own_deletion(), deletion()}; }

}  // namespace imapferry::cli
