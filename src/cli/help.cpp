#include "cli/help.hpp"

#include "cli/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace imapferry::cli {

namespace {

constexpr std::size_t narrowest = 40;
constexpr std::size_t help_column = 30;
constexpr std::size_t narrow = 80;  // below it, the help of an option stands under its name

constexpr std::string_view examples =
    R"(Usage: imapferry --host1 HOST --user1 NAME --host2 HOST --user2 NAME [OPTION...]
       imapferry --host1 HOST --host2 HOST --usersfile FILE [OPTION...]

Copies mailboxes from one IMAP server (1) to another (2), and brings a copy up to date when it is run again.

Examples:
  Show what would be copied, change nothing, and ask for both passwords:
    imapferry --host1 imap.old.example --user1 ann --host2 imap.new.example --user2 ann --dry
  Copy it, with the passwords in files:
    imapferry --host1 imap.old.example --user1 ann --passfile1 old.secret \
              --host2 imap.new.example --user2 ann --passfile2 new.secret
  Copy all accounts of a file, a line each (user1;password1;user2;password2):
    imapferry --host1 imap.old.example --host2 imap.new.example --usersfile accounts.txt
  Copy INBOX and everything below Work except drafts:
    imapferry ... --folder INBOX --folderrec Work --exclude 'Drafts$'
)";

constexpr std::string_view spelling_rules = "Options are spelled as in imapsync: -x or --x, --x VALUE or --x=VALUE, "
                                            "--nox or --no-x to turn a flag off, in any case, and "
                                            "abbreviated as long as only one option is meant.";

/// Breaks `text` at blanks into lines that end before `width`, each but the first indented; the first begins at column
/// `at`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t at, std::size_t width) {
  std::string result;
  std::size_t column = at;
  bool is_line_start = true;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    if (!is_line_start && column + 1 + word.size() > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
      is_line_start = true;
    }
    if (!is_line_start) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    is_line_start = false;
  }
  return result + '\n';
}

/// "--host1, --host2 HOST": two rows that differ in their number only are listed as one.
bool are_twins(const Option& first, const Option& second) {
  const std::string_view a = first.name();
  const std::string_view b = second.name();
  return a.size() == b.size() && first.help == second.help && a.find('1') != std::string_view::npos &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || (x == '1' && y == '2'); });
}

std::string entry(const Option& option, const Option* twin, std::size_t width) {
  std::string head = "  ";
  for (const std::string_view spelling : option.spellings())
    head += fmt::format("{}--{}", head.size() > 2 ? ", " : "", spelling);
  if (twin != nullptr) head += fmt::format(", --{}", twin->name());
  if (option.takes_value()) head += fmt::format(" {}", option.value_name);
  std::string help(option.help);
  if (!option.default_text.empty()) {
    help.pop_back();
    help += fmt::format(" (default: {}).", option.default_text);
  }
  const std::size_t indent = width < narrow ? 6 : help_column;
  if (head.size() + 2 > indent) {
    head += '\n' + std::string(indent, ' ');
  } else {
    head.resize(indent, ' ');
  }
  return head + wrapped(help, indent, indent, width);
}

/// Names of the options with that status, twins and all, in the table's order.
std::string names_with(Status status) {
  std::string names;
  for (const Option& option : option_table()) {
    if (option.status != status) continue;
    names += fmt::format("{}--{}", names.empty() ? "" : " ", option.name());
  }
  return names;
}

std::string name_list(std::string_view heading, Status status, std::size_t width) {
  return "\n" + wrapped(heading, 0, 0, width) + "  " + wrapped(names_with(status), 2, 2, width);
}

std::string group_entries(Group group, std::size_t width) {
  std::string text;
  const auto table = option_table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Option& option = table[i];
    if (option.group != group || option.status != Status::works) continue;
    const bool has_twin = i + 1 < table.size() && are_twins(option, table[i + 1]);
    text += entry(option, has_twin ? &table[i + 1] : nullptr, width);
    if (has_twin) ++i;
  }
  return text;
}

std::string wrapped_lines(std::string_view text, std::size_t width) {
  std::string result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    result += std::string(indent, ' ') + wrapped(line.substr(indent), indent == 0 ? 0 : indent + 2, indent, width);
  }
  return result;
}

}  // namespace

std::string help_text(std::size_t width) {
  width = std::max(width, narrowest);
  std::string text = wrapped_lines(examples, width);
  text += '\n' + wrapped(spelling_rules, 0, 0, width);
  for (int number = static_cast<int>(first_group); number <= static_cast<int>(last_group); ++number) {
    const Group group = static_cast<Group>(number);
    const std::string entries = group_entries(group, width);
    if (!entries.empty()) text += fmt::format("\n{}:\n{}", title_of(group), entries);
  }
  text += name_list("Of imapsync's other options, these ask for what imapferry does anyway:", Status::inherent, width);
  text += name_list("These are accepted and have no effect (docs/options.md says why):", Status::ignored, width);
  text += name_list("These are refused (docs/options.md says why):", Status::missing, width);
  return text;
}

std::string usage_text() {
  return "Usage: imapferry --host1 HOST --user1 NAME --host2 HOST --user2 NAME [OPTION...]\n"
         "       imapferry --host1 HOST --host2 HOST --usersfile FILE [OPTION...]\n"
         "Try imapferry --help.\n";
}

std::string version_text() { return IMAPFERRY_VERSION "\n"; }

}  // namespace imapferry::cli
