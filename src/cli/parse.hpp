#pragma once

#include "cli/option_table.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapferry::cli {

/// One option as it was given.
struct GivenOption {
  const Option* option = nullptr;
  bool is_on = true;        ///< false for --nox
  std::string value;        ///< empty for flags and for secrets
  core::Secret secret;      ///< the value, when the option is a secret one
  std::string_view preset;  ///< the flag that stands for it ("gmail1"); empty where the user has given it
};

/// The options of one command line, checked against the table: names known, values of the right form and within bounds.
/// Asking for a name that is not in the table is a defect and throws std::logic_error.
class ParsedOptions {
 public:
  [[nodiscard]] bool has(std::string_view name) const;
  /// Whether a flag is on; nothing when it was not given. As everywhere, the last one counts.
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<core::Secret> secret(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  /// Bytes.
  [[nodiscard]] std::optional<std::uint64_t> size(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
  /// Keys in the order in which they were first given; a key given twice has its last value.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> pairs(std::string_view name) const;
  /// Everything, in the order of the command line.
  [[nodiscard]] const std::vector<GivenOption>& given() const noexcept { return given_; }

  void add(GivenOption option) { given_.push_back(std::move(option)); }

 private:
  [[nodiscard]] const GivenOption* last(std::string_view name) const;
  std::vector<GivenOption> given_;
};

/// Reads a command line (without the program's name) as Perl's Getopt::Long does for imapsync: -x, --x, --x=v, --x v,
/// --nox,
/// --no-x, unique abbreviations, any case; "--" ends the options. Fails with Fault::usage and a hint on anything
/// unknown, ambiguous, malformed or left over, and on options that imapferry does not have yet.
[[nodiscard]] core::Result<ParsedOptions> parse_arguments(std::vector<std::string> argv);

/// "64M" as bytes: a whole or decimal number, then nothing, K, M or G (powers of 1024), in any case, "B" or "iB"
/// allowed behind.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// Overwrites passwords and tokens among the arguments with 'x', in place, so that a process list no longer shows them.
/// `argv[0]` is the program's name. To be called after the arguments were copied.
void wipe_passwords_in_argv(int argc, char** argv);

}  // namespace imapferry::cli
