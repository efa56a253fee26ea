#pragma once

#include "store/records.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::report {

/// What is remembered of every account, as a table for people.
[[nodiscard]] std::string status_text(const std::vector<store::AccountSummary>& accounts, std::string_view directory);

/// The same for programs: an array of objects, one for each account; times are unix seconds.
[[nodiscard]] std::string status_json(const std::vector<store::AccountSummary>& accounts);

}  // namespace imapferry::report
