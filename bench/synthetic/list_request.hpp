#pragma once

#include "imap/proto/lexer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench::synthetic {

/// The arguments of LIST and LSUB (RFC 9051 section 6.3.9).
struct ListRequest {
  std::vector<std::string> patterns;  ///< with the reference in front
  bool only_subscribed = false;
  bool returns_subscribed = false;
  std::string status_items;  ///< of RETURN (STATUS (...)), between blanks

  [[nodiscard]] bool asks_for(std::string_view name) const;
  /// LIST "" "" names no mailbox.
  [[nodiscard]] bool asks_for_delimiter() const { return patterns.size() == 1 && patterns.front().empty(); }
};

/// False, and the reason in the lexer, when they are not well formed.
[[nodiscard]] bool read_list_request(imap::proto::Lexer& lexer, ListRequest& request);

/// "(" words ")" as words between blanks.
[[nodiscard]] bool read_words(imap::proto::Lexer& lexer, std::string& words);

/// "*" is anything, "%" anything within one level of the hierarchy.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

}  // namespace imapferry::bench::synthetic
