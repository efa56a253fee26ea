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

/// What is copied, and how it is changed on the way.
[[nodiscard]] std::vector<Section> mail_sections();
/// Everything around it: servers, accounts, speed, output, process.
[[nodiscard]] std::vector<Section> run_sections();

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
                .words = {}};
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
                .words = {}};
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
                .words = words};
}

/// The same, a number that must lie between `minimum` and `maximum`.
inline Option within(double minimum, double maximum, Option option) {
  option.minimum = minimum;
  option.maximum = maximum;
  return option;
}

/// The same, with a value that is never shown.
inline Option secret(Option option) {
  option.is_secret = true;
  return option;
}

}  // namespace imapferry::cli
