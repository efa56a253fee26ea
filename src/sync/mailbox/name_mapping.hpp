#pragma once

#include "config/run_config.hpp"
#include "core/failure.hpp"
#include "regex/substitution.hpp"
#include "sync/mailbox/mailbox_names.hpp"
#include "sync/mailbox/name_space.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// Where a source mailbox goes by name.
struct MappedName {
  std::string name;  ///< UTF-8
  /// By a rule that was given for it: then other mailboxes may go there too.
  bool is_asked_for = false;
};

/// Maps names one at a time, in imapsync's order: --f1f2, else --automap (with what is below), else --subfolder1, the
/// prefixes and delimiters, --subfolder2 and --regextrans2. It knows nothing of what exists on the destination, but for
/// --automap.
class NameMapping {
 public:
  /// Fails (Fault::usage) on rules that cannot be. Nothing given here needs to outlive it.
  static core::Result<NameMapping> make(const SideNames& source, const SideNames& destination,
                                        const config::FolderRules& rules);

  /// Fails (Fault::usage) when an expression takes more steps than a sensible one needs.
  [[nodiscard]] core::Result<MappedName> map(const ListedMailbox& mailbox) const;

 private:
  NameMapping() = default;
  [[nodiscard]] const std::string* renamed(const ListedMailbox& mailbox) const;
  [[nodiscard]] const std::string* by_purpose(std::string_view name, std::string& place) const;
  [[nodiscard]] MappedName by_place(std::string_view name) const;
  [[nodiscard]] core::Result<std::string> changed(std::string name) const;

  NameSpace source_;
  NameSpace destination_;
  Slashes slashes_ = Slashes::become_bars;
  std::string source_root_;       ///< without prefix and final delimiter
  std::string destination_root_;  ///< likewise
  std::map<std::string, std::string, std::less<>> renamed_;
  std::map<std::string, std::string, std::less<>> purposes_;
  bool purposes_reach_children_ = true;
  std::vector<regex::Substitution> changes_;
};

}  // namespace imapferry::sync
