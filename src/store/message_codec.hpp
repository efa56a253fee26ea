#pragma once

#include "store/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::store {

/// Messages as bytes, about 26 for each, closed by a keyed checksum.
///
///   version, number of flag sets, each as length and text, number of messages, then for each message:
///   marks, source UID less the one before, destination UID less the one before (zigzag), identity, size,
///   destination's size less the source's (zigzag), both flag sets, the contents that the marks tell of; at the end
///   8 bytes of SipHash.
///
/// Numbers are in base 128, the lowest digit first.
[[nodiscard]] std::string pack(const Chunk& chunk, const core::HashKey& key);

/// Nothing when the bytes are not what pack() with this key has made.
[[nodiscard]] std::optional<Chunk> unpack(std::string_view bytes, const core::HashKey& key);

/// The checksum at the end of packed bytes: tells whether two chunks are equal. 0 for what is no chunk.
[[nodiscard]] std::uint64_t checksum_of(std::string_view packed);

}  // namespace imapferry::store
