#pragma once

#include "sync/mailbox/mailbox_names.hpp"

#include <string>
#include <string_view>

namespace imapferry::sync {

/// What a mailbox of this name is for, as mail programs name them in many languages: "\Sent", "\Trash", ... (RFC 6154),
/// or empty. The case and accents do not count; the name is UTF-8, without a prefix.
[[nodiscard]] std::string_view guess_special_use(std::string_view name);

/// The same for a mailbox of a name space: with or without its prefix.
[[nodiscard]] std::string_view guess_special_use(std::string_view name, const NameSpace& name_space);

/// One of RFC 6154's attributes as RFC 6154 spells it, whatever case it came in; empty when it is none of them.
[[nodiscard]] std::string_view regular_special_use(std::string_view attribute);

}  // namespace imapferry::sync
