#pragma once

#include <string_view>
#include <vector>

namespace imapferry::sync {

/// One thing that must hold, whatever the machine: of --tests.
struct SelfCheck {
  std::string_view name;
  bool is_right = false;
};

/// Tests, on known facts, what decides where a message goes and whether it is there: names, dates, flags, identities,
/// regular expressions and the mapping of mailboxes. The builds' own tests go much further; these show that a binary
/// works where it is.
[[nodiscard]] std::vector<SelfCheck> self_checks();

}  // namespace imapferry::sync
