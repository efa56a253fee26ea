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
      }};
}

Section deletion() {
  return {
      Group::deletion,
      Origin::imapsync,
      {
          on_off("delete1|delete", missing, inherent, "Deletes messages on the source after their copy."),
          on_off("delete2", missing, inherent, "Deletes messages on the destination that the source does not have."),
          on_off("delete2duplicates", missing, inherent,
                 "Deletes messages that are in a destination folder more than once."),
          on_off("delete2folders", works, works, "Deletes folders on the destination that the source does not have."),
          valued("delete2foldersonly", text, "/REGEX/", works,
                 "Like --delete2folders, of those folders only that match."),
          valued("delete2foldersbutnot", text, "/REGEX/", works,
                 "Like --delete2folders, but spares folders that match."),
          on_off("delete1emptyfolders", works, works, "Deletes source folders that are empty at the end of the run."),
          on_off("expunge1|expunge", missing, inherent, "Removes what is marked as deleted on the source."),
          on_off("expunge2", missing, inherent, "Removes what is marked as deleted on the destination."),
          on_off("uidexpunge2", missing, inherent, "Removes on the destination only what this run marked."),
          on_off("expungeaftereach", inherent, inherent, "With --delete1, removes each message at once.", "on"),
      }};
}

}  // namespace

std::vector<Section> deletion_rows() { return {own_deletion(), deletion()}; }

}  // namespace imapferry::cli
