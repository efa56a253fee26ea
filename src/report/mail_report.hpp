#pragma once

#include "report/error_lines.hpp"
#include "report/statistics.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace imapferry::report {

/// What a mail report takes from elsewhere.
struct MailReportFacts {
  AccountNames names;
  std::string sender;  ///< an address, of printable ASCII
  std::string id;      ///< for the Message-Id, without the brackets
  StatisticsFacts statistics;
};

/// How the copying of an account went, for its owner: a message (RFC 5322) of plain text in UTF-8, to the user of the
/// destination. The account has ended.
[[nodiscard]] std::string mail_report(const RunTally& tally, std::size_t account, const MailReportFacts& facts);

/// A text as the value of a header field: as it is where it is of printable ASCII, else in encoded words (RFC 2047).
[[nodiscard]] std::string header_text(std::string_view text);

/// A user as the To field has them: the address that they are, or an empty group of that name (RFC 5322 section 3.4).
[[nodiscard]] std::string recipient(std::string_view user);

}  // namespace imapferry::report
