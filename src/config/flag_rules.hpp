#pragma once

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
};

}  // namespace imapferry::config
