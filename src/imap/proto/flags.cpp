#include "imap/proto/flags.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace imapferry::imap::proto {

namespace {

constexpr std::size_t max_keyword_length = 100;
constexpr std::size_t max_others = 1'000;

using Name = std::pair<std::string_view, SystemFlag>;
constexpr std::array system_names = {
    Name{"\\Answered", flag_answered}, Name{"\\Flagged", flag_flagged}, Name{"\\Deleted", flag_deleted},
    Name{"\\Seen", flag_seen},         Name{"\\Draft", flag_draft},     Name{"\\Recent", flag_recent},
};

constexpr std::uint8_t sendable_system = flag_answered | flag_flagged | flag_deleted | flag_seen | flag_draft;

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool less_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

void insert_unique(std::vector<std::string>& sorted, std::string_view text) {
  const auto place = std::lower_bound(sorted.begin(), sorted.end(), text, less_ignoring_case);
  if (place != sorted.end() && equals_ignoring_case(*place, text)) return;
  if (sorted.size() >= max_others) return;
  sorted.emplace(place, text);
}

/// ATOM-CHAR of RFC 9051 section 9.
constexpr bool is_atom_char(char c) noexcept {
  return c > ' ' && c < '\x7F' && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

} // namespace

void Flags::add(std::string_view flag) {
  if (flag.empty()) return;
  if (flag.front() != '\\') {
    insert_unique(keywords, flag);
    return;
  }
  const auto known = std::find_if(system_names.begin(), system_names.end(),
                                  [flag](const Name& name) { return equals_ignoring_case(name.first, flag); });
  if (known == system_names.end()) {
    insert_unique(unknown, flag);
  } else {
    system = static_cast<std::uint8_t>(system | known->second);
  }
}

bool Flags::has_keyword(std::string_view keyword) const {
  const auto place = std::lower_bound(keywords.begin(), keywords.end(), keyword, less_ignoring_case);
  return place != keywords.end() && equals_ignoring_case(*place, keyword);
}

std::string Flags::to_string() const {
  std::string out;
  const auto append = [&out](std::string_view flag) {
    if (!out.empty()) out += ' ';
    out += flag;
  };
  for (const auto& [name, bit] : system_names) {
    if ((system & sendable_system & bit) != 0) append(name);
  }
  for (const std::string& keyword : keywords) {
    // A keyword that is no atom could end the command line: whoever forgot to filter must not send it either.
    if (is_sendable_keyword(keyword)) append(keyword);
  }
  return out;
}

bool operator==(const Flags& a, const Flags& b) {
  return (a.system & sendable_system) == (b.system & sendable_system) &&
         std::equal(a.keywords.begin(), a.keywords.end(), b.keywords.begin(), b.keywords.end(), equals_ignoring_case);
}

bool is_sendable_keyword(std::string_view keyword) noexcept {
  return !keyword.empty() && keyword.size() <= max_keyword_length &&
         std::all_of(keyword.begin(), keyword.end(), is_atom_char);
}

Flags permitted(const Flags& flags, const PermanentFlags& permanent, std::vector<std::string>* left_out) {
  const auto leave_out = [left_out](std::string_view flag) {
    if (left_out != nullptr) left_out->emplace_back(flag);
  };
  Flags allowed;
  for (const auto& [name, bit] : system_names) {
    // \Recent is the server's own: that it stays behind is no news.
    if ((flags.system & sendable_system & bit) == 0) continue;
    if (!permanent.known || (permanent.flags.system & bit) != 0) {
      allowed.system = static_cast<std::uint8_t>(allowed.system | bit);
    } else {
      leave_out(name);
    }
  }
  for (const std::string& keyword : flags.keywords) {
    const bool admitted = !permanent.known || permanent.any_keyword || permanent.flags.has_keyword(keyword);
    if (admitted && is_sendable_keyword(keyword)) {
      allowed.keywords.push_back(keyword);
    } else {
      leave_out(keyword);
    }
  }
  for (const std::string& flag : flags.unknown) leave_out(flag);
  return allowed;
}

Flags flags_from(std::string_view text) {
  Flags flags;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) flags.add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return flags;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace imapferry::imap::proto
