#pragma once

#include "report/progress.hpp"
#include "report/tally.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace imapferry::report {

/// One line for the whole run: accounts, messages, bytes, speed, time left.
[[nodiscard]] std::string overview(const RunTally& tally, const Progress& progress);

/// The live display: the overview, then a line for each account in work, as many as fit. Each line fits `width`
/// columns.
[[nodiscard]] std::vector<std::string> display(const RunTally& tally, const Progress& progress, std::size_t width,
                                               std::size_t height);

}  // namespace imapferry::report
