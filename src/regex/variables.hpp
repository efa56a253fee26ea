#pragma once

#include <map>
#include <string>

namespace imapferry::regex {

/// What an expression may name as ${name}, $name, $mysync->{ name } or $sync->{ name }: {"h2_prefix", "INBOX."}.
using Variables = std::map<std::string, std::string, std::less<>>;

}  // namespace imapferry::regex
