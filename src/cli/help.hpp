#pragma once

#include <cstddef>
#include <string>

namespace imapferry::cli {

/// How it is used, with examples, and every option by group; no line is longer than `width` (at least 40) where words
/// allow.
[[nodiscard]] std::string help_text(std::size_t width);

/// A few lines for an empty command line.
[[nodiscard]] std::string usage_text();

/// "0.1.0\n": only the number, as imapsync does it
[[nodiscard]] std::string version_text();

/// docs/options.md, made from the table.
[[nodiscard]] std::string options_markdown();

}  // namespace imapferry::cli
