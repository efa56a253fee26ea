#pragma once

#include "cli/option_table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imapferry::cli {

/// What a name on the command line stands for.
struct NameMatch {
  const Option* option = nullptr;       ///< the option, when there is just one that it can be
  bool is_on = true;                    ///< false when it was the --nox or --no-x of a flag
  std::vector<std::string> candidates;  ///< when there are several: their names, sorted
  bool may_be_secret = false;           ///< one of them has a value that is never shown
};

/// Finds an option by its name in any case, another of its spellings, or an abbreviation that fits only one option.
/// Names of options that only imapferry or old versions of imapsync have count only where nothing else fits.
[[nodiscard]] NameMatch match_name(std::string_view name);

/// At most three names that look most like this one; none when nothing does.
[[nodiscard]] std::vector<std::string> similar_names(std::string_view name);

/// One argument as the command line's grammar sees it (that of Getopt::Long):
///   option = ( "--" / "-" / "+" ) name [ "=" value ]
struct Argument {
  enum class Shape { word, option, end_of_options };
  Shape shape = Shape::word;
  std::string_view name;         ///< without prefix
  bool has_value = false;        ///< there was a '='
  std::size_t value_offset = 0;  ///< in the argument
};

[[nodiscard]] Argument read_argument(std::string_view argument);

}  // namespace imapferry::cli
