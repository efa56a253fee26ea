#pragma once

#include <string>
#include <vector>

namespace imapferry::config {

/// Which mailboxes are copied, and to which.
struct FolderRules {
  std::vector<std::string> names;      ///< --folder: exactly these (UTF-8 or modified UTF-7)
  std::vector<std::string> recursive;  ///< --folderrec: these and what is below them
  std::vector<std::string> include;    ///< Perl regular expressions
  std::vector<std::string> exclude;
  bool subscribe = true;  ///< subscribe on the destination what is subscribed on the source
};

}  // namespace imapferry::config
