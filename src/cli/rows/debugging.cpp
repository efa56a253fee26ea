#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> debugging_rows() {
  return {{Group::debugging,
           Origin::imapsync,
           {
               on_off("debug", ignored, inherent, "Shows a trace of everything."),
               on_off("debugimap", ignored, inherent, "Shows what travels on both sides."),
               on_off("debugimap#", ignored, inherent, "Shows what travels on one side."),
               on_off("debuglist", ignored, inherent, "Shows lists of message numbers."),
               on_off("debugcontent", ignored, inherent, "Shows the contents of messages."),
               valued("debugsleep", number, "SECONDS", ignored, "Sleeps for a while."),
               on_off("debugflags", ignored, inherent, "Shows how flags are changed."),
               on_off("debugdev", ignored, inherent, "Shows internals."),
               on_off("debugmemory", ignored, inherent, "Shows the memory in use."),
               on_off("debugfolders", ignored, inherent, "Shows how folders are mapped."),
               within(0, 4, valued("debugssl", integer, "LEVEL", ignored, "Shows what TLS does.")),
               on_off("debugcgi", ignored, inherent, "Shows the CGI context."),
               on_off("debugenv", ignored, inherent, "Shows the environment."),
               on_off("debugsig", ignored, inherent, "Shows signals."),
               on_off("debuglabels", ignored, inherent, "Shows Gmail's labels."),
               on_off("debugcache", ignored, inherent, "Shows the cache."),
               on_off("debugmaxlinelength", ignored, inherent, "Shows the longest lines."),
               on_off("debugcrossduplicates", ignored, inherent, "Shows messages that are in several folders."),
               on_off("memorystress", ignored, inherent, "Uses up memory."),
               valued("simulong", number, "SECONDS", missing, "Pretends to work for a while."),
               on_off("tests", missing, inherent, "Runs imapsync's own tests."),
               on_off("testsdebug|tests_debug", missing, inherent, "Runs imapsync's tests that are being written."),
               on_off("testslive", missing, inherent, "Runs imapsync's tests on a server of its author."),
               on_off("testslive6", missing, inherent, "The same by IPv6."),
               valued("testsunit", list, "NAME", missing, "Runs one of imapsync's own tests."),
           }}};
}

}  // namespace imapferry::cli
