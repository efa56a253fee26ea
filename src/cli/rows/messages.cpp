#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

constexpr double largest_message = 1e12;

}  // namespace

std::vector<Section> messages_rows() {
  return {
      {Group::messages,
       Origin::imapsync,
       {
           on_off("syncinternaldates", works, works, "Gives each message its date of arrival on the source.", "on"),
           on_off("idatefromheader", works, works,
                  "Takes the date of arrival from the message's Date header; one that cannot be read leaves the "
                  "source's."),
           within(0, 1e15, valued("maxsize", integer, "BYTES", works, "Leaves out messages that are larger.")),
           within(0, 1e15, valued("minsize", integer, "BYTES", works, "Leaves out messages that are not larger.")),
           within(0, 1e15,
                  valued("appendlimit", integer, "BYTES", works,
                         "Takes this for the destination's limit of message size; what is larger is refused, by name.",
                         "the server's")),
           within(1, largest_message, valued("truncmess", integer, "BYTES", works, "Cuts messages off at this size.")),
           within(0, 1e6,
                  valued("maxage", number, "DAYS", works,
                         "Works only on messages that are younger, by the Date header (SENTSINCE).")),
           within(
               0, 1e6,
               valued("minage", number, "DAYS", works,
                      "Works only on messages that are older, by the Date header (SENTBEFORE); greater than --maxage: "
                      "on both the younger and the older ones.")),
           valued("search", text, "CRITERIA", works,
                  "Selects messages on both sides with an IMAP SEARCH; ages and sizes count as well. What is sent is "
                  "shown."),
           valued("search#", text, "CRITERIA", works,
                  "Selects messages on the source (1) or destination (2) with an IMAP SEARCH."),
           because("imapferry lists all messages of a folder in one command.",
                   valued("fetch_hash_set", text, "SET", ignored, "Message numbers that are listed at once.", "1:*")),
           within(0, largest_message,
                  valued("maxlinelength", integer, "BYTES", works,
                         "Leaves out messages with a longer line (its line end counts).")),
           within(0, largest_message,
                  valued("minmaxlinelength", integer, "BYTES", works,
                         "Leaves out messages whose longest line is not longer.")),
           valued("maxlinelengthcmd", text, "COMMAND", works,
                  "Passes messages with too long lines through this command instead of leaving them out."),
           valued("skipmess", list, "/REGEX/", works,
                  "Leaves out messages whose text matches: a Perl match, on bytes."),
           valued("regexmess", list, "S/A/B/", works,
                  "Changes the whole text of each message with a Perl substitution (or tr), on bytes."),
           command("noregexmess", works, "Cancels the substitutions that a preset would add."),
           valued("pipemess", list, "COMMAND", works,
                  "Passes each message through this shell command; one on which it fails is refused."),
           on_off("pipemesscheck", works, works, "Tries the commands for messages before anything is copied.", "on"),
           on_off("disarmreadreceipts", works, inherent, "Renames headers that ask for read receipts."),
           on_off("addheader", works, inherent,
                  "Puts a Message-Id before messages that have neither Message-Id nor Received; without it imapferry "
                  "copies such messages as they are."),
           valued("useheader", list, "NAME", works,
                  "Recognises messages by this header field; may be repeated; ALL is every field.",
                  "Message-Id and Received"),
           valued("skipheader", text, "REGEX", works,
                  "Does not recognise messages by header lines that match, in any case."),
           because("A message that nothing identifies would be copied again in every run.",
                   on_off("wholeheaderifneeded", inherent, ignored,
                          "Recognises messages without the usual headers by their whole header.", "on")),
           on_off("messageidnodomain", works, works, "Compares Message-Ids only up to the @."),
           on_off("skipsize", inherent, inherent, "Does not rely on sizes alone to tell messages apart.", "on"),
           because("A message is what the server sends, whatever size it has announced.",
                   on_off("allowsizemismatch", inherent, ignored,
                          "Accepts messages whose size is not what the server said.", "on")),
           on_off("syncduplicates", works, works, "Also copies messages that are in a folder more than once."),
           on_off("skipcrossduplicates", works, works, "Does not copy a message that another folder of the run had."),
           because("What is remembered of each message (--statedir) does the same; messages that it does not know are "
                   "compared by their headers.",
                   on_off("useuid", inherent, inherent, "Recognises messages by the UIDs that are remembered.")),
           because("What is remembered (--statedir) takes the place of imapsync's cache files.",
                   on_off("usecache", inherent, ignored, "Remembers what was copied, to save time.")),
           because("imapferry has no such files.",
                   on_off("fixcolonbug", inherent, inherent, "Mends names in imapsync's cache.", "on")),
           because("Every message is remembered as it is confirmed.",
                   on_off("cacheaftercopy", inherent, inherent, "Remembers each message at once.")),
           because("A message that has vanished is told as such when it is read.",
                   on_off("checkmessageexists", ignored, inherent,
                          "Asks whether a message still exists before reading it.")),
           on_off("abletosearch", works, works,
                  "Takes ages from the Date header, by SEARCH; --noabletosearch takes the date of arrival "
                  "(INTERNALDATE).",
                  "on"),
           on_off("abletosearch#", works, works, "The same for the source (1) or destination (2) alone.", "on"),
           on_off("checknoabletosearch", inherent, inherent, "Checks beforehand that SEARCH works.", "on"),
           because("Message numbers change while others delete; UIDs do not.",
                   on_off("uid#", inherent, ignored, "Names messages by their UID.", "on")),
           on_off("synclabels", works, works,
                  "Gives each copy the labels of its source, from Gmail to Gmail; a label goes where its folder goes."),
           on_off("resynclabels", works, works,
                  "Brings Gmail's labels of messages already there in line with the source; others are taken away."),
       }},
      {Group::messages,
       Origin::own,
       {
           within(1, 86'400,
                  valued("pipetimeout", integer, "SECONDS", works,
                         "Gives a command of --pipemess or --maxlinelengthcmd this long for one message.", "120")),
       }}};
}

}  // namespace imapferry::cli
