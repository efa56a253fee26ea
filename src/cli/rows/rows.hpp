#pragma once

#include "cli/option_table.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imapferry::cli {

/// The rows of one group. A '#' in a name stands for two rows, one with 1 and one with 2 in its place.
struct Section {
  Group group;
  Origin origin;
  std::vector<Option> rows;
};

/// The rows of each group.
[[nodiscard]] std::vector<Section> general_rows();
[[nodiscard]] std::vector<Section> servers_rows();
[[nodiscard]] std::vector<Section> login_rows();
[[nodiscard]] std::vector<Section> folders_rows();
[[nodiscard]] std::vector<Section> messages_rows();
[[nodiscard]] std::vector<Section> flags_rows();
[[nodiscard]] std::vector<Section> deletion_rows();
[[nodiscard]] std::vector<Section> accounts_rows();
[[nodiscard]] std::vector<Section> speed_rows();
[[nodiscard]] std::vector<Section> state_rows();
[[nodiscard]] std::vector<Section> output_rows();
[[nodiscard]] std::vector<Section> process_rows();
[[nodiscard]] std::vector<Section> debugging_rows();

/// A flag: what imapferry makes of --x, and of --nox.
inline Option on_off(std::string names, Status on, Status off, std::string_view help,
                     std::string_view default_text = {}) {
  return Option{.names = std::move(names),
                .kind = Kind::flag,
                .status = on,
                .negated = off,
                .help = help,
                .value_name = {},
                .default_text = default_text,
                .words = {},
                .reason = {}};
}

/// A word that does something and has no opposite.
inline Option command(std::string names, Status status, std::string_view help) {
  return Option{.names = std::move(names),
                .kind = Kind::action,
                .status = status,
                .negated = status,
                .help = help,
                .value_name = {},
                .default_text = {},
                .words = {},
                .reason = {}};
}

/// An option with a value.
inline Option valued(std::string names, Kind kind, std::string_view value_name, Status status, std::string_view help,
                     std::string_view default_text = {}, std::string_view words = {}) {
  return Option{.names = std::move(names),
                .kind = kind,
                .status = status,
                .negated = status,
                .help = help,
                .value_name = value_name,
                .default_text = default_text,
                .words = words,
                .reason = {}};
}

/// The same, a number that must lie between `minimum` and `maximum`.
inline Option within(double minimum, double maximum, Option option) {
  option.minimum = minimum;
  option.maximum = maximum;
  return option;
}

/// The same, with why it has no effect or is refused.
inline Option because(std::string_view reason, Option option) {
  option.reason = reason;
  return option;
}

/// The same, with a value that is never shown.
inline Option secret(Option option) {
  option.is_secret = true;
  return option;
}

}  // namespace imapferry::cli
