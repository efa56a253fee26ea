#pragma once

#include "cli/option_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::cli {

/// A whole number as Getopt::Long takes it: "5", "-5", "+5", "1_000".
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// A decimal number as Getopt::Long takes it: "1.5", ".5", "1e3", "1_000.5"; not "5." or "inf".
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// Why a value cannot be this option's ("expected ..., saw ..."), or nothing when it can. Never quotes a secret.
[[nodiscard]] std::optional<std::string> check_value(const Option& option, std::string_view value);

}  // namespace imapferry::cli
