#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> messages_rows() {
  return {
      {Group::messages,
       Origin::imapsync,
       {
           on_off("syncinternaldates", inherent, missing, "Gives each message its date of arrival on the source.",
                  "on"),
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
           command("noregexmess", works, "Cancels the substitutions that a preset would add."),
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
           on_off("abletosearch#", inherent, ignored,
                  "Selects by age with SEARCH on the source (1) or destination (2).", "on"),
           on_off("checknoabletosearch", inherent, inherent, "Checks beforehand that SEARCH works.", "on"),
           on_off("uid#", inherent, ignored, "Names messages by their UID.", "on"),
           on_off("synclabels", missing, inherent, "Copies Gmail's labels."),
           on_off("resynclabels", missing, inherent, "Brings Gmail's labels of messages already there in line."),
       }}};
}

}  // namespace imapferry::cli
