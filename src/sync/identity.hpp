#pragma once

#include "core/sip_hash.hpp"

#include <string_view>

namespace imapferry::sync {

/// What makes a message "the same" on both sides within a mailbox: 16 bytes of hash over normalised header lines.
using Identity = core::Hash128;

/// Key of the hash: the store's, or drawn for one run. Nobody can craft two messages that collide, and so hide one
/// behind the other.
using IdentityKey = core::HashKey;

/// Which header lines an identity was made of.
enum class IdentitySource {
  listed_fields,  ///< Message-Id and Received lines
  whole_header,   ///< none of these has a value: the whole header, normalised
};

struct IdentityResult {
  Identity identity;
  IdentitySource source = IdentitySource::listed_fields;
};

/// The identity of a header that holds at least its Message-Id and Received fields: imapsync's rule. Each such line is
/// unfolded, bytes above 0x7F become "X", blanks are collapsed and the whole is put in upper case; the lines are sorted
/// and hashed together. A field whose value is empty or "<>" does not count. Returns false when no field counts: then
/// the caller reads the whole header and calls identity_of_header.
[[nodiscard]] bool identity_of_fields(const IdentityKey& key, std::string_view header_fields, Identity& out);

/// The identity of a message whose whole header is at hand (anything after the first empty line is ignored): from its
/// Message-Id and Received lines, or, when they have no value, from all its lines.
[[nodiscard]] IdentityResult identity_of_header(const IdentityKey& key, std::string_view header);

/// The part of a message up to and including the empty line that ends its header; all of it when there is none.
[[nodiscard]] std::string_view header_of(std::string_view message);

}  // namespace imapferry::sync
