#pragma once

#include <string>
#include <string_view>

namespace imapferry::sync {

/// The first value of a header field (any case), unfolded, at most 200 bytes of it: to name a message in a report. Raw:
/// not decoded, not made printable. Empty when there is none.
[[nodiscard]] std::string header_field(std::string_view header, std::string_view name);

}  // namespace imapferry::sync
