#include "sync/mailbox/access_rights.hpp"

#include <algorithm>

namespace imapferry::sync {

namespace {

constexpr std::string_view common_letters = "lrswip";
constexpr std::string_view new_letters = "kxte";

bool has(std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; }

bool has_any(std::string_view letters, std::string_view wanted) {
  return letters.find_first_of(wanted) != std::string_view::npos;
}

/// Servers tell some users with their domain and some without.
bool is_same_user(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::size_t at_a = a.find('@');
  const std::size_t at_b = b.find('@');
  if ((at_a == std::string_view::npos) == (at_b == std::string_view::npos)) return false;
  return a.substr(0, at_a) == b.substr(0, at_b);
}

bool is_left_alone(std::string_view identifier, std::string_view user) {
  return identifier.starts_with('#') || identifier == "owner" || is_same_user(identifier, user);
}

}  // namespace

RightsDialect rights_dialect_of(const imap::proto::Capabilities& capabilities) {
  constexpr std::string_view start = "RIGHTS=";
  for (const std::string& name : capabilities.names()) {
    if (!name.starts_with(start)) continue;
    RightsDialect dialect;
    dialect.is_new = true;
    dialect.more = name.substr(start.size());
    for (char& c : dialect.more) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return dialect;
  }
  return {};
}

std::string translate_rights(std::string_view rights, const RightsDialect& to) {
  // A server with the new letters tells the old ones beside them, for old clients (RFC 4314 section 2.1.1).
  const bool is_old = !has_any(rights, new_letters);
  const auto is_granted = [&](char letter) {
    if (has(rights, letter)) return true;
    if (!is_old) return false;
    return (has("kx", letter) && has(rights, 'c')) || (has("te", letter) && has(rights, 'd'));
  };
  std::string out;
  for (const char letter : common_letters) {
    if (is_granted(letter)) out += letter;
  }
  if (to.is_new) {
    for (const char letter : new_letters) {
      if (is_granted(letter)) out += letter;
    }
  } else {
    if (is_granted('k') || is_granted('x')) out += 'c';
    if (is_granted('t') || is_granted('e')) out += 'd';
  }
  if (is_granted('a')) out += 'a';
  for (const char letter : to.more) {
    if (has(rights, letter) && !has(new_letters, letter) && !has(out, letter)) out += letter;
  }
  return out;
}

AccessList changes_of_rights(const AccessList& source, const AccessList& destination, std::string_view source_user,
                             std::string_view destination_user, const RightsDialect& dialect) {
  const auto find = [](const AccessList& list, std::string_view identifier) {
    return std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.identifier == identifier; });
  };
  AccessList changes;
  for (const auto& entry : source) {
    if (is_left_alone(entry.identifier, source_user) || is_left_alone(entry.identifier, destination_user)) continue;
    std::string wanted = translate_rights(entry.rights, dialect);
    const auto there = find(destination, entry.identifier);
    const std::string has_now = there == destination.end() ? "" : translate_rights(there->rights, dialect);
    if (wanted != has_now) changes.push_back({entry.identifier, std::move(wanted)});
  }
  for (const auto& entry : destination) {
    if (is_left_alone(entry.identifier, destination_user) || find(source, entry.identifier) != source.end()) continue;
    changes.push_back({entry.identifier, ""});
  }
  return changes;
}

}  // namespace imapferry::sync
