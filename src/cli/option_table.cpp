#include "cli/option_table.hpp"

#include "cli/rows/rows.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace imapferry::cli {

namespace {

Option numbered(Option row, char number) {
  std::replace(row.names.begin(), row.names.end(), '#', number);
  return row;
}

void append(std::vector<Option>& table, Section section) {
  for (Option& row : section.rows) {
    row.group = section.group;
    row.origin = section.origin;
    if (row.names.find('#') == std::string::npos) {
      table.push_back(std::move(row));
    } else {
      table.push_back(numbered(row, '1'));
      table.push_back(numbered(row, '2'));
    }
  }
}

std::vector<Option> make_table() {
  std::vector<Option> table;
  for (const auto rows :
       {&general_rows, &servers_rows, &login_rows, &folders_rows, &messages_rows, &flags_rows, &deletion_rows,
        &accounts_rows, &speed_rows, &state_rows, &output_rows, &process_rows, &debugging_rows}) {
    for (Section& section : rows()) append(table, std::move(section));
  }
  return table;
}

}  // namespace

std::vector<std::string_view> Option::spellings() const {
  std::vector<std::string_view> all;
  std::string_view rest = names;
  for (auto bar = rest.find('|'); bar != std::string_view::npos; bar = rest.find('|')) {
    all.push_back(rest.substr(0, bar));
    rest.remove_prefix(bar + 1);
  }
  all.push_back(rest);
  return all;
}

std::span<const Option> option_table() {
  static const std::vector<Option> table = make_table();
  return table;
}

const Option* find_option(std::string_view name) {
  static const auto by_spelling = [] {
    std::unordered_map<std::string_view, const Option*> found;
    for (const Option& option : option_table()) {
      for (const std::string_view spelling : option.spellings()) found.emplace(spelling, &option);
    }
    return found;
  }();
  const auto found = by_spelling.find(name);
  return found == by_spelling.end() ? nullptr : found->second;
}

std::string_view title_of(Group group) {
  switch (group) {
  case Group::general: return "General";
  case Group::servers: return "Servers";
  case Group::login: return "Login";
  case Group::folders: return "Folders";
  case Group::messages: return "Messages";
  case Group::flags: return "Flags";
  case Group::deletion: return "Deletion";
  case Group::accounts: return "Many accounts";
  case Group::speed: return "Speed and resources";
  case Group::state: return "What is remembered";
  case Group::output: return "Output";
  case Group::process: return "Process";
  case Group::debugging: return "Debugging and self-tests";
  }
  return "";
}

}  // namespace imapferry::cli
