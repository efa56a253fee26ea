#pragma once

#include "cli/parse.hpp"

#include <string>
#include <vector>

namespace imapferry::cli {

/// Adds what --gmail1, --office2 and their like stand for, as options marked with the preset's name. What was given
/// counts: a preset's single value stays away then, and its lists are put behind. --noexclude, --noregexmess,
/// --noregexflag and --nof1f2 keep a preset's lists away.
[[nodiscard]] ParsedOptions with_presets(ParsedOptions options);

/// What each preset in use has come to, a line each: "--office1 stands for --host1 outlook.office365.com --ssl1 ...".
[[nodiscard]] std::vector<std::string> preset_lines(const ParsedOptions& options);

}  // namespace imapferry::cli
