#pragma once

#include "imap/proto/response.hpp"
#include "sync/mailbox/mailbox_names.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// Which prefix and delimiter a side has: from NAMESPACE when it was answered, else guessed from the names as imapsync
/// does (the most frequent delimiter of LIST; prefix "INBOX" + delimiter when every other mailbox lies under INBOX).
[[nodiscard]] NameSpace name_space_of(const std::vector<imap::proto::Namespace>& personal,
                                      const std::vector<ListedMailbox>& mailboxes);

/// The name without the name space's prefix; a prefix "INBOX." is met in any case.
[[nodiscard]] std::string_view without_prefix(std::string_view name, const NameSpace& name_space);

/// What becomes of a destination delimiter in a source name when there is no delimiter to exchange it for.
enum class Slashes {
  keep,         ///< "/" stays
  become_bars,  ///< "_", as the destination would take it for a level
};

/// imapsync exchanges the two delimiters in both directions. A "/" that comes out of that, and a destination delimiter
/// where the source has none, becomes "_" if wanted.
[[nodiscard]] std::string exchange_delimiters(std::string_view name, char source, char destination, Slashes slashes);

/// Prefix and delimiters together: INBOX has no prefix on the destination, everything else has.
[[nodiscard]] std::string convert_name(std::string_view name, const NameSpace& source, const NameSpace& destination,
                                       Slashes slashes);

/// A name that a person has written, in UTF-8: modified UTF-7 is decoded where it is that.
[[nodiscard]] std::string as_utf8(std::string_view given);

/// The same of a folder that is the place of others: without prefix, blanks around it and a delimiter at its end.
/// (imapsync takes away every character that it does not expect, and with "&" the sense of modified UTF-7.)
[[nodiscard]] std::string root_of(std::string_view given, const NameSpace& name_space);

/// INBOX is met in any case.
[[nodiscard]] bool is_same_name(std::string_view a, std::string_view b);
[[nodiscard]] bool is_below(std::string_view name, std::string_view parent, char delimiter);
/// The same or below.
[[nodiscard]] bool is_within(std::string_view name, std::string_view root, char delimiter);

}  // namespace imapferry::sync
