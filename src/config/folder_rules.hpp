#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::config {

/// Which mailboxes are copied, and to which. Names may be in UTF-8 or modified UTF-7.
struct FolderRules {
  std::vector<std::string> names;      ///< --folder: exactly these
  std::vector<std::string> recursive;  ///< --folderrec: these and what is below them
  bool only_subscribed = false;        ///< --subscribed
  std::vector<std::string> include;    ///< Perl regular expressions
  std::vector<std::string> exclude;
  std::vector<std::string> first;  ///< these before all others
  std::vector<std::string> last;   ///< these behind them
  bool skip_empty = false;         ///< an empty one is not created

  std::optional<std::string> source_prefix, destination_prefix;  ///< in place of what the servers say
  std::optional<char> source_separator, destination_separator;   ///< likewise
  std::string source_root;       ///< --subfolder1: only what is below it, which goes to the destination's root
  std::string destination_root;  ///< --subfolder2: everything goes below it
  bool fix_slash = true;         ///< a "/" that is left over becomes "_"
  std::vector<std::pair<std::string, std::string>> renamed;  ///< --f1f2: source name, destination name
  std::vector<std::string> changes;                          ///< --regextrans2, in order
  bool automap = false;                                      ///< pair by purpose: Sent, Drafts, Trash, ...
  bool automap_children = true;  ///< what is below such a mailbox goes with it; not so in imapsync
  bool mix_cases = true;         ///< also into one whose name differs in its case only

  bool subscribe = true;       ///< subscribe on the destination what is subscribed on the source
  bool subscribe_all = false;  ///< subscribe everything
  bool copy_rights = false;    ///< --syncacls
};

}  // namespace imapferry::config
