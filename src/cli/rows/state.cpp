#include "cli/rows/rows.hpp"

namespace imapferry::cli {

using enum Kind;
using enum Status;

namespace {

Section own_state() {
  return {
      Group::state,
      Origin::own,
      {
          on_off("state", works, works,
                 "Remembers what was copied, so that the next run costs what has changed; --nostate does without.",
                 "on"),
          valued("statedir", text, "DIR", works, "Where that is kept: one file for all accounts.",
                 "$XDG_STATE_HOME/imapferry"),
          valued("knownas#", text, "NAME", works,
                 "The name under which the source (1) or destination (2) is remembered: for a server that is reached "
                 "by another address than before.",
                 "--host# and, where it is given, --port#"),
          on_off("wait", works, works, "Waits for accounts that another process works on."),
          on_off("status", works, works, "Shows what is remembered of every account, and stops."),
          on_off("json", works, works, "The same for programs."),
      }};
}

}  // namespace

std::vector<Section> state_rows() { return {own_state()}; }

}  // namespace imapferry::cli
