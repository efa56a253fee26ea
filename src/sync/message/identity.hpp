#pragma once

#include "core/sip_hash.hpp"
#include "sync/message/identity_rule.hpp"

#include <string_view>

namespace imapferry::sync {

/// What makes a message "the same" on both sides within a mailbox: 16 bytes of hash over normalised header lines.
using Identity = core::Hash128;

/// Which header lines an identity was made of.
enum class IdentitySource {
  listed_fields,  ///< those of the rule: Message-Id and Received lines, as a rule
  whole_header,   ///< none of these has a value: the whole header, normalised
};

struct IdentityResult {
  Identity identity;
  IdentitySource source = IdentitySource::listed_fields;
};

/// The identity of a header that holds at least the fields of the rule: Message-Id and Received are imapsync's. Each
/// such line is unfolded, bytes above 0x7F become "X", blanks are collapsed and the whole is put in upper case; the
/// lines are sorted and hashed together. A field whose value is empty or "<>" does not count. Returns false when no
/// field counts: then the caller reads the whole header and calls identity_of_header.
///
/// A Message-Id <123@imapsync> that is alone does not count either: imapsync and imapferry add it (--addheader) to a
/// message that nothing identifies, and the message stays the same with it and without.
[[nodiscard]] bool identity_of_fields(const IdentityRule& rule, std::string_view header_fields, Identity& out);

/// The identity of a message whose whole header is at hand (anything after the first empty line is ignored): from the
/// lines of the rule, or, when they have no value, from all its lines.
[[nodiscard]] IdentityResult identity_of_header(const IdentityRule& rule, std::string_view header);

/// The part of a message up to and including the empty line that ends its header; all of it when there is none.
[[nodiscard]] std::string_view header_of(std::string_view message);

}  // namespace imapferry::sync
