#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

std::vector<Section> general_rows() {
  return {{Group::general,
           Origin::imapsync,
           {
               command("help", works, "Shows this text."),
               command("version", works, "Shows the version."),
               on_off("dry", works, works, "Changes nothing on either side, and says what would be done."),
               on_off("dry1", inherent, inherent, "Changes nothing on the source; imapferry never does."),
               on_off("justconnect", works, works,
                      "Connects, says what the servers are, and stops; also when no user is named."),
               on_off("justlogin", works, inherent, "Logs in on both sides and stops."),
               on_off("justfolders", works, works, "Creates the folders and copies no message."),
               on_off("justfoldersizes", works, works, "Counts and weighs the folders of both sides and stops."),
               on_off("justbanner", works, inherent, "Shows what it is and where it runs, and stops."),
               on_off("justfolderlists", works, works, "Lists the folders of both sides and stops."),
               on_off("justautomap", works, works, "Shows which folder goes where with --automap and stops."),
           }}};
}

}  // namespace imapferry::cli
