#pragma once

#include <string>
#include <vector>

namespace imapferry::config {

/// What happens to flags.
struct FlagRules {
  /// And to those of messages that are on the destination already.
  enum class Present {
    keep,     ///< nothing
    replace,  ///< they become the source's
    merge,    ///< what has changed on the source since the last run is changed there; the user's own changes stay
  };
  Present present = Present::replace;
  std::vector<std::string> transforms;  ///< --regexflag: Perl substitutions, in this order
  bool set_after_copy = false;          ///< and not only with the APPEND
};

}  // namespace imapferry::config
