#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::cli {

/// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] std::string lower(std::string_view text);

/// Without blanks (space, tab, CR, LF) at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The parts between separators; an empty text has no parts.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// A host name without blanks and slashes, as imapsync cleans it.
[[nodiscard]] std::string clean_host(std::string_view host);

/// The words with ", " between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

/// How many letters have to be put in, taken out, replaced or exchanged with their neighbour to make one word of the
/// other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace imapferry::cli
