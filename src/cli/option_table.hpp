#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::cli {

/// What follows an option.
enum class Kind {
  flag,     ///< nothing; --nox and --no-x turn it off
  action,   ///< nothing, and it cannot be turned off
  text,     ///< one string; the last one counts
  integer,  ///< a whole number within the row's bounds
  number,   ///< a decimal number within the row's bounds
  list,     ///< a string each time; all of them count
  pairs,    ///< key=value each time
  size,     ///< a number of bytes, with K, M or G behind it when wanted
  choice,   ///< one of the row's words
};

/// What imapferry makes of an option.
enum class Status {
  works,     ///< does what it says
  inherent,  ///< asks for what imapferry does anyway: accepted without a word
  ignored,   ///< cannot lose or change mail when it is left out: accepted, with a warning
  missing,   ///< would change what happens to mail, and is not here yet: refused
};

/// Whose option it is. Abbreviations look at imapsync's present options first, so that ours never make one of its own
/// ambiguous.
enum class Origin {
  imapsync,      ///< in imapsync 2.229
  old_imapsync,  ///< in imapsync 1.592 and gone since
  own,           ///< only imapferry has it
};

/// Where --help and docs/options.md list it.
enum class Group {
  general,
  servers,
  login,
  folders,
  messages,
  flags,
  deletion,
  accounts,
  speed,
  state,
  output,
  process,
  debugging
};
inline constexpr Group first_group = Group::general;
inline constexpr Group last_group = Group::debugging;

/// One row of the table: everything that is known about an option.
struct Option {
  std::string names;  ///< the name and its other spellings, in lower case, separated by '|'
  Kind kind = Kind::flag;
  Status status = Status::works;
  Status negated = Status::works;  ///< of --nox; only flags have one
  std::string_view help;           ///< one sentence; twins (--host1, --host2) share theirs
  std::string_view value_name;
  std::string_view default_text;
  double minimum = -1e15;  ///< bounds of integer, number and size
  double maximum = 1e15;
  std::string_view words;   ///< by '|': the words of a choice; else the values that mean what imapferry does anyway
  std::string_view reason;  ///< why it, or its opposite, has no effect here or is refused; a sentence
  bool is_secret = false;   ///< its value is never shown
  Group group = Group::general;
  Origin origin = Origin::imapsync;

  [[nodiscard]] std::string_view name() const noexcept { return std::string_view(names).substr(0, names.find('|')); }
  /// All its spellings, the name first.
  [[nodiscard]] std::vector<std::string_view> spellings() const;
  [[nodiscard]] bool takes_value() const noexcept { return kind != Kind::flag && kind != Kind::action; }
};

/// The whole table, in the order in which each group is listed.
[[nodiscard]] std::span<const Option> option_table();

/// The row with exactly that name or other spelling (lower case), or nothing.
[[nodiscard]] const Option* find_option(std::string_view name);

/// A heading for --help and docs/options.md.
[[nodiscard]] std::string_view title_of(Group group);

}  // namespace imapferry::cli
