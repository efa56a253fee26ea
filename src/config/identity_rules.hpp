#pragma once

#include <string>
#include <vector>

namespace imapferry::config {

/// By which header lines messages are recognised.
struct IdentityRules {
  std::vector<std::string> fields;     ///< names; empty: Message-Id and Received
  bool all_fields = false;             ///< every line of the header
  std::string skipped;                 ///< a Perl pattern: lines "NAME: VALUE" that match do not count; empty: none
  bool message_id_with_domain = true;  ///< false: Message-Ids count up to their @
};

}  // namespace imapferry::config
