#include "cli/option_names.hpp"

#include "cli/words.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace imapferry::cli {

namespace {

struct Meaning {
  const Option* option;
  bool is_on;
  friend bool operator<(const Meaning& a, const Meaning& b) {
    return std::pair(a.option, a.is_on) < std::pair(b.option, b.is_on);
  }
};

using Names = std::map<std::string, Meaning, std::less<>>;

Names make_names() {
  Names names;
  for (const Option& option : option_table()) {
    for (const std::string_view spelling : option.spellings()) {
      names.insert_or_assign(std::string(spelling), Meaning{&option, true});
    }
  }
  // An option's own name goes before the negation of another one: --noexclude is an option, not the opposite of
  // --exclude.
  for (const Option& option : option_table()) {
    if (option.kind != Kind::flag) continue;
    for (const std::string_view spelling : option.spellings()) {
      for (const std::string_view prefix : {"no", "no-"}) {
        names.try_emplace(std::string(prefix).append(spelling), Meaning{&option, false});
      }
    }
  }
  return names;
}

const Names& all_names() {
  static const Names names = make_names();
  return names;
}

NameMatch exact(const Meaning& meaning) {
  NameMatch match;
  match.option = meaning.option;
  match.is_on = meaning.is_on;
  match.may_be_secret = meaning.option->is_secret;
  return match;
}

enum class Among { imapsync_options, all_options };

NameMatch by_abbreviation(const std::string& start, Among among) {
  std::set<Meaning> meanings;
  NameMatch match;
  const Names& names = all_names();
  for (auto at = names.lower_bound(start); at != names.end() && at->first.starts_with(start); ++at) {
    if (among == Among::imapsync_options && at->second.option->origin != Origin::imapsync) continue;
    meanings.insert(at->second);
    match.candidates.push_back(at->first);
    match.may_be_secret |= at->second.option->is_secret;
  }
  return meanings.size() == 1 ? exact(*meanings.begin()) : match;
}

}  // namespace

NameMatch match_name(std::string_view name) {
  const std::string wanted = lower(name);
  if (wanted.empty()) return {};
  if (const auto found = all_names().find(wanted); found != all_names().end()) return exact(found->second);
  NameMatch match = by_abbreviation(wanted, Among::imapsync_options);
  if (match.option == nullptr) match = by_abbreviation(wanted, Among::all_options);
  return match;
}

std::vector<std::string> similar_names(std::string_view name) {
  constexpr std::size_t longest = 40;
  if (name.empty() || name.size() > longest) return {};
  const std::string wanted = lower(name);
  const std::size_t limit = wanted.size() < 5 ? 1 : 2;
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& entry : all_names()) {
    // No fewer letters have to change than the lengths differ by.
    if (std::max(wanted.size(), entry.first.size()) - std::min(wanted.size(), entry.first.size()) > limit) continue;
    const std::size_t distance = edit_distance(wanted, entry.first);
    if (distance <= limit) near.emplace_back(distance, entry.first);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> result;
  for (auto& found : near) {
    if (found.first == near.front().first && result.size() < 3) result.push_back(std::move(found.second));
  }
  return result;
}

Argument read_argument(std::string_view argument) {
  Argument result;
  if (argument == "--") {
    result.shape = Argument::Shape::end_of_options;
    return result;
  }
  const std::size_t prefix = argument.starts_with("--")                               ? 2
                             : argument.starts_with('-') || argument.starts_with('+') ? 1
                                                                                      : 0;
  if (prefix == 0 || argument.size() == prefix) return result;
  result.shape = Argument::Shape::option;
  // A '=' at the very start belongs to the (unknown) name.
  const auto equals = argument.find('=', prefix + 1);
  result.has_value = equals != std::string_view::npos;
  result.value_offset = result.has_value ? equals + 1 : argument.size();
  result.name = argument.substr(prefix, result.has_value ? equals - prefix : std::string_view::npos);
  return result;
}

}  // namespace imapferry::cli
