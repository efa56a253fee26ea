#pragma once

#include "fetch_request.hpp"
#include "store.hpp"
#include "world.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace imapferry::bench::synthetic {

/// A body section that is to be sent: what can be said at once, and how much of the body comes behind it.
struct Section {
  bool is_nil = false;
  std::string_view text;     ///< all of it, unless it goes beyond the header
  std::uint64_t offset = 0;  ///< otherwise: these bytes of the made message
  std::uint64_t size = 0;
  bool is_streamed = false;
};

/// Finds the bytes that an item asks for. `scratch` holds what has to be put together.
[[nodiscard]] Section section_of(const FetchItem& item, const Content& content, std::string& scratch);

/// Appends everything but the sections: "UID 17", "FLAGS (\Seen)", ...
void append_item(std::string& out, const FetchItem& item, const MessageInfo& info, const FlagTable& flags);

}  // namespace imapferry::bench::synthetic
