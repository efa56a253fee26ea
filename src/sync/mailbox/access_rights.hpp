#pragma once

#include "imap/proto/capabilities.hpp"
#include "imap/proto/response.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

using AccessList = std::vector<imap::proto::AclResponse::Entry>;

/// Which letters a server knows for rights: those of RFC 2086, or where it says RIGHTS=... those of RFC 4314, which has
/// "k" and "x" for the old "c", and "t" and "e" for the old "d".
struct RightsDialect {
  bool is_new = false;
  std::string more;  ///< letters besides the common ones
};
[[nodiscard]] RightsDialect rights_dialect_of(const imap::proto::Capabilities& capabilities);

/// The same rights in another server's letters; what it has no letter for is left out.
[[nodiscard]] std::string translate_rights(std::string_view rights, const RightsDialect& to);

/// What makes the destination's list say what the source's does: whose rights are set to what, "" for none. The two
/// logins of the account keep what they have (`source_user` is not `destination_user`, and a list that they may not
/// change any more cannot be put right); so do a server's own entries, which begin with "#".
[[nodiscard]] AccessList changes_of_rights(const AccessList& source, const AccessList& destination,
                                           std::string_view source_user, std::string_view destination_user,
                                           const RightsDialect& dialect);

}  // namespace imapferry::sync
