#pragma once

#include "config/flag_rules.hpp"
#include "imap/proto/flags.hpp"
#include "regex/substitution.hpp"

#include <map>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What a message's flags become on the destination: changed as the user's expressions say, then what may be sent.
class FlagTranslator {
 public:
  /// Throws core::Error when an expression is none; the command line has been checked for that.
  FlagTranslator(const config::FlagRules& rules, const imap::proto::PermanentFlags& permanent);

  /// What cannot be held there is added to `left_out` when given, spelled as on the wire.
  [[nodiscard]] imap::proto::Flags operator()(const imap::proto::Flags& flags,
                                              std::vector<std::string>* left_out = nullptr) const;

 private:
  [[nodiscard]] const imap::proto::Flags& changed(const imap::proto::Flags& flags) const;

  const imap::proto::PermanentFlags& permanent_;
  std::vector<regex::Substitution> substitutions_;
  mutable std::map<std::string, imap::proto::Flags> known_;  ///< a mailbox has few different sets of flags
};

}  // namespace imapferry::sync
