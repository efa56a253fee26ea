#include "cli/option_rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section folders() {
  return {
      Group::folders,
      Origin::imapsync,
      {
          valued("folder", list, "NAME", works, "Copies exactly this folder; may be repeated.", "all folders"),
          valued("folderrec", list, "NAME", works, "Copies this folder and everything below it; may be repeated."),
          valued("include", list, "REGEX", works, "Of all folders, keeps those that match one of these expressions."),
          valued("exclude", list, "REGEX", works,
                 "Leaves out the folders that match one of these; decided last, also for --folder."),
          command("noexclude", inherent, "Cancels the exclusions that a preset would add; no preset adds any here."),
          on_off("subscribe", works, works, "Subscribes on the destination to what is subscribed on the source.", "on"),
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
          command("nof1f2", inherent, "Cancels the folder pairs that a preset would add; no preset adds any here."),
          on_off("automap", missing, inherent, "Pairs folders by their purpose: Sent, Drafts, Trash, ..."),
          on_off("mixfolders", inherent, missing,
                 "Also copies into a destination folder whose name differs in its case only.", "on"),
          on_off("skipemptyfolders", missing, inherent, "Does not create empty folders on the destination."),
          on_off("checkselectable", inherent, inherent, "Checks that each folder can be opened.", "on"),
          on_off("checkfoldersexist", inherent, ignored, "Checks that the folders asked for exist.", "on"),
          on_off("create_folder_old", ignored, inherent, "Creates folders without their parents."),
          on_off("foldersizes", ignored, inherent, "Counts and weighs all folders before copying."),
          on_off("foldersizesatend", ignored, inherent, "Counts and weighs all folders after copying."),
          on_off("syncacls", missing, inherent, "Copies access control lists."),
      }};
}

Section messages() {
  return {
      Group::messages,
      Origin::imapsync,
      {
          on_off("syncinternaldates", inherent, missing, "Gives each message its date of arrival on the source.", "on"),
          on_off("idatefromheader", missing, inherent, "Takes the date of arrival from the message's Date header."),
          valued("maxsize", integer, "BYTES", missing, "Leaves out messages that are larger."),
          valued("minsize", integer, "BYTES", missing, "Leaves out messages that are not larger."),
          valued("appendlimit", integer, "BYTES", missing, "Takes this for the destination's limit of message size.",
                 "the server's"),
          valued("truncmess", integer, "BYTES", missing, "Cuts messages off at this size."),
          valued("maxage", number, "DAYS", missing, "Copies only messages that are younger."),
          valued("minage", number, "DAYS", missing, "Copies only messages that are older."),
          valued("search", text, "CRITERIA", missing, "Selects messages on both sides with an IMAP SEARCH."),
          valued("search#", text, "CRITERIA", missing,
                 "Selects messages on the source (1) or destination (2) with an IMAP SEARCH."),
          valued("fetch_hash_set", text, "SET", missing, "Message numbers that are looked at when searching is off.",
                 "1:*", "1:*"),
          valued("maxlinelength", integer, "BYTES", missing, "Leaves out messages with a longer line."),
          valued("minmaxlinelength", integer, "BYTES", missing,
                 "Leaves out messages whose longest line is not longer."),
          valued("maxlinelengthcmd", text, "COMMAND", missing,
                 "Passes messages with too long lines through this command."),
          valued("skipmess", list, "REGEX", missing, "Leaves out messages whose text matches."),
          valued("regexmess", list, "S/A/B/", missing, "Changes each message with a Perl substitution."),
          command("noregexmess", inherent,
                  "Cancels the substitutions that a preset would add; no preset adds any here."),
          valued("pipemess", list, "COMMAND", missing, "Passes each message through this command."),
          on_off("pipemesscheck", inherent, inherent, "Tries the --pipemess commands beforehand.", "on"),
          on_off("disarmreadreceipts", missing, inherent, "Renames headers that ask for read receipts."),
          on_off("addheader", missing, inherent,
                 "Adds a Message-Id to messages that have none; imapferry copies such messages as they are."),
          valued("useheader", list, "NAME", missing, "Recognises messages by this header.", "Message-Id and Received"),
          valued("skipheader", text, "REGEX", missing, "Does not use matching headers to recognise messages."),
          on_off("wholeheaderifneeded", inherent, missing,
                 "Recognises messages without the usual headers by their whole header.", "on"),
          on_off("messageidnodomain", missing, inherent, "Compares Message-Ids only up to the @."),
          on_off("skipsize", inherent, inherent, "Does not rely on sizes alone to tell messages apart.", "on"),
          on_off("allowsizemismatch", inherent, ignored, "Accepts messages whose size is not what the server said.",
                 "on"),
          on_off("syncduplicates", missing, inherent, "Also copies messages that are in a folder more than once."),
          on_off("skipcrossduplicates", missing, inherent,
                 "Does not copy a message that another folder of the run had."),
          on_off("useuid", missing, inherent, "Recognises messages by imapsync's cache alone."),
          on_off("usecache", ignored, inherent, "Uses imapsync's cache files to save time."),
          on_off("fixcolonbug", inherent, inherent, "Mends names in imapsync's cache.", "on"),
          on_off("cacheaftercopy", ignored, inherent, "Writes imapsync's cache after each message."),
          on_off("checkmessageexists", ignored, inherent, "Asks whether a message still exists before reading it."),
          on_off("abletosearch", inherent, ignored, "Selects by age with SEARCH on both sides.", "on"),
          on_off("abletosearch#", inherent, ignored, "Selects by age with SEARCH on the source (1) or destination (2).",
                 "on"),
          on_off("checknoabletosearch", inherent, inherent, "Checks beforehand that SEARCH works.", "on"),
          on_off("uid#", inherent, ignored, "Names messages by their UID.", "on"),
          on_off("synclabels", missing, inherent, "Copies Gmail's labels."),
          on_off("resynclabels", missing, inherent, "Brings Gmail's labels of messages already there in line."),
      }};
}

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

Section flags() {
  return {Group::flags,
          Origin::imapsync,
          {
              on_off("resyncflags", works, works, "Brings the flags of messages already there in line with the source.",
                     "on"),
              on_off("syncflagsaftercopy", missing, inherent, "Sets the flags once more after the copy."),
              on_off("filterflags", inherent, ignored, "Sends only flags that the destination allows.", "on"),
              on_off("filterbuggyflags", inherent, inherent,
                     "Leaves out flags that are no valid IMAP; imapferry always does."),
              on_off("flagscase", inherent, ignored, "Writes the standard flags in their usual case.", "on"),
              valued("regexflag", list, "S/A/B/", missing, "Changes flags with a Perl substitution."),
              command("noregexflag", inherent,
                      "Cancels the substitutions that a preset would add; no preset adds any here."),
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
          on_off("delete2folders", missing, inherent,
                 "Deletes folders on the destination that the source does not have."),
          valued("delete2foldersonly", text, "REGEX", missing, "Limits --delete2folders to names that match."),
          valued("delete2foldersbutnot", text, "REGEX", missing, "Spares names that match from --delete2folders."),
          on_off("delete1emptyfolders", missing, inherent, "Deletes source folders that became empty."),
          on_off("expunge1|expunge", missing, inherent, "Removes what is marked as deleted on the source."),
          on_off("expunge2", missing, inherent, "Removes what is marked as deleted on the destination."),
          on_off("uidexpunge2", missing, inherent, "Removes on the destination only what this run marked."),
          on_off("expungeaftereach", inherent, inherent, "With --delete1, removes each message at once.", "on"),
      }};
}

}  // namespace

std::vector<Section> mail_sections() {
  return {folders(), messages(), own_flags(), flags(), own_deletion(), deletion()};
}

}  // namespace imapferry::cli
