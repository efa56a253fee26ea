#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

constexpr std::string_view inside = "It shows the insides of imapsync; the log file and --debugimap tell what happens.";
constexpr std::string_view test_aid = "It is an aid for tests of imapsync itself.";

Option trace(std::string names, std::string_view help) {
  return because(inside, on_off(std::move(names), ignored, inherent, help));
}

}  // namespace

std::vector<Section> debugging_rows() {
  return {{Group::debugging,
           Origin::imapsync,
           {
               on_off("debug", works, inherent, "The same as --debugimap."),
               on_off("debugimap", works, works,
                      "Writes what travels on both sides to the log file, or to standard error where there is none; no "
                      "passwords, and of messages only the beginning."),
               on_off("debugimap#", works, works, "The same for the source (1) or destination (2)."),
               trace("debuglist", "Shows lists of message numbers."),
               because("Contents of messages are shown to nobody.",
                       on_off("debugcontent", ignored, inherent, "Shows the contents of messages.")),
               because(test_aid, valued("debugsleep", number, "SECONDS", ignored, "Sleeps for a while.")),
               trace("debugflags", "Shows how flags are changed."),
               trace("debugdev", "Shows internals."),
               trace("debugmemory", "Shows the memory in use."),
               trace("debugfolders", "Shows how folders are mapped."),
               because(inside, within(0, 4, valued("debugssl", integer, "LEVEL", ignored, "Shows what TLS does."))),
               trace("debugcgi", "Shows the CGI context."),
               trace("debugenv", "Shows the environment."),
               trace("debugsig", "Shows signals."),
               trace("debuglabels", "Shows Gmail's labels."),
               trace("debugcache", "Shows the cache."),
               trace("debugmaxlinelength", "Shows the longest lines."),
               trace("debugcrossduplicates", "Shows messages that are in several folders."),
               because(test_aid, on_off("memorystress", ignored, inherent, "Uses up memory.")),
               within(0, 1e6,
                      valued("simulong", number, "SECONDS", works,
                             "Before it begins, prints five lines a second for so long, into the log as well: to try "
                             "what shows a log, --tail, --abort and signals.")),
               on_off("tests", works, inherent, "Tests itself, without any server, and stops: exit code 0, or 254."),
               on_off("testsdebug|tests_debug", works, inherent, "The same."),
               because("They need servers of imapsync's author.",
                       on_off("testslive", missing, inherent, "Runs imapsync's tests on a server of its author.")),
               because("They need servers of imapsync's author.",
                       on_off("testslive6", missing, inherent, "The same by IPv6.")),
               valued("testsunit", list, "NAME", works,
                      "Runs those of --tests whose names hold this, in any case, and stops; may be repeated."),
           }}};
}

}  // namespace imapferry::cli
