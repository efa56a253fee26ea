#include "cli/help.hpp"
#include "cli/option_table.hpp"

#include <fmt/format.h>

#include <string_view>

namespace imapferry::cli {

namespace {

constexpr std::string_view preface = R"(# Options

This page is made from the option table of the program: `meson compile -C build update-options` writes it anew,
and a test checks it.

Options are read as imapsync reads them: `-x` or `--x`, `--x VALUE` or `--x=VALUE`, `--nox` or `--no-x` for flags, in
any case, abbreviated as long as only one option is meant. The last one counts, but for lists, of which all count. An
option that takes a value takes the next word whatever it looks like. Names that only imapferry has never make an
abbreviation of imapsync's ambiguous.

What imapferry makes of an option:

- **works**: it does what the table says.
- **always so**: it asks for what imapferry does anyway; accepted without a word.
- **ignored**: it has no meaning here, for the reason that is given; accepted with a warning.
- **refused**: imapferry does not have it, for the reason that is given; exit code 64.

Where a flag and its opposite are not treated alike, the opposite stands behind the slash.

)";

std::string_view word_for(Status status) {
  switch (status) {
  case Status::works: return "works";
  case Status::inherent: return "always so";
  case Status::ignored: return "ignored";
  case Status::missing: return "refused";
  }
  return "";
}

/// Text that a table cell shows as it is.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string code(std::string_view text) { return "`" + cell(text) + "`"; }

std::string status_cell(const Option& option) {
  std::string text(word_for(option.status));
  if (option.kind == Kind::flag && option.negated != option.status)
    text += fmt::format(" / {}", word_for(option.negated));
  if (option.status == Status::missing && !option.words.empty()) text += " but for " + code(option.words);
  return text;
}

std::string names_cell(const Option& option) {
  std::string text;
  for (const std::string_view spelling : option.spellings()) {
    const std::string_view blank = option.takes_value() ? " " : "";
    text += (text.empty() ? "" : " ") + code(fmt::format("--{}{}{}", spelling, blank, option.value_name));
  }
  return text;
}

std::string meaning_cell(const Option& option) {
  std::string text = cell(option.help);
  if (option.origin == Origin::own) text += " Not in imapsync.";
  if (!option.reason.empty()) text += " *" + cell(option.reason) + "*";
  return text;
}

}  // namespace

std::string options_markdown() {
  std::string text(preface);
  for (int number = static_cast<int>(first_group); number <= static_cast<int>(last_group); ++number) {
    const Group group = static_cast<Group>(number);
    text += fmt::format("## {}\n\n| option | meaning | default | imapferry |\n|---|---|---|---|\n", title_of(group));
    for (const Option& option : option_table()) {
      if (option.group != group) continue;
      text += fmt::format("| {} | {} | {} | {} |\n", names_cell(option), meaning_cell(option),
                          cell(option.default_text), status_cell(option));
    }
    text += '\n';
  }
  text.pop_back();
  return text;
}

}  // namespace imapferry::cli
