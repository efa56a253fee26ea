#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace imapferry::config {

/// How the messages of one side are selected.
struct SideSelection {
  std::string criteria;        ///< of IMAP SEARCH; empty: all
  bool ages_by_search = true;  ///< ages count from the Date header (SENTSINCE, SENTBEFORE); else from INTERNALDATE
};

/// Which messages of a mailbox are worked on. All conditions must hold.
struct SelectionRules {
  SideSelection source;
  SideSelection destination;
  std::optional<double> max_age;  ///< days; with a min_age that is greater: either of them is enough
  std::optional<double> min_age;
  std::optional<std::uint64_t> max_size;      ///< bytes; larger messages are left
  std::optional<std::uint64_t> min_size;      ///< bytes; messages that are not larger are left
  std::optional<std::uint64_t> append_limit;  ///< what the destination takes, whatever it says itself
  /// Messages that are in a mailbox more than once are copied as often as they are there.
  bool copy_duplicates = false;
  /// The date of arrival that a copy gets is that of the Date header, where there is one that can be read.
  bool dates_from_header = false;
  /// Messages get no date of arrival but that of the copy.
  bool leaves_dates = false;
  /// A message that was found in, or copied to, one mailbox is not copied to another one.
  bool skip_cross_duplicates = false;
};

}  // namespace imapferry::config
