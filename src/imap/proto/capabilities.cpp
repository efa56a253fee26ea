#include "imap/proto/capabilities.hpp"

#include "imap/proto/flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace imapferry::imap::proto {

namespace {

constexpr std::size_t max_names = 1'000;
constexpr std::size_t max_name_length = 200;
constexpr std::string_view append_limit_prefix = "APPENDLIMIT=";

using Entry = std::pair<std::string_view, Capability>;
constexpr std::array wire_names = {
    Entry{"IMAP4REV1", Capability::imap4rev1},
    Entry{"IMAP4REV2", Capability::imap4rev2},
    Entry{"LITERAL+", Capability::literal_plus},
    Entry{"LITERAL-", Capability::literal_minus},
    Entry{"STARTTLS", Capability::starttls},
    Entry{"LOGINDISABLED", Capability::logindisabled},
    Entry{"SASL-IR", Capability::sasl_ir},
    Entry{"AUTH=PLAIN", Capability::auth_plain},
    Entry{"AUTH=LOGIN", Capability::auth_login},
    Entry{"ID", Capability::id},
    Entry{"ENABLE", Capability::enable},
    Entry{"NAMESPACE", Capability::name_space},
    Entry{"UNSELECT", Capability::unselect},
    Entry{"UIDPLUS", Capability::uidplus},
    Entry{"MULTIAPPEND", Capability::multiappend},
    Entry{"SPECIAL-USE", Capability::special_use},
    Entry{"CREATE-SPECIAL-USE", Capability::create_special_use},
    Entry{"LIST-EXTENDED", Capability::list_extended},
    Entry{"LIST-STATUS", Capability::list_status},
    Entry{"STATUS=SIZE", Capability::status_size},
    Entry{"CONDSTORE", Capability::condstore},
    Entry{"QRESYNC", Capability::qresync},
    Entry{"ESEARCH", Capability::esearch},
    Entry{"MOVE", Capability::move},
    Entry{"BINARY", Capability::binary},
    Entry{"COMPRESS=DEFLATE", Capability::compress_deflate},
    Entry{"UTF8=ACCEPT", Capability::utf8_accept},
    Entry{"OBJECTID", Capability::objectid},
    Entry{"X-GM-EXT-1", Capability::gmail_extensions},
};
static_assert(wire_names.size() == static_cast<std::size_t>(Capability::count_), "every enumerator has a wire name");

/// What an IMAP4rev2 server can do without naming it (RFC 9051 appendix E). BINARY is not here: only its FETCH half is.
constexpr std::array implied_by_imap4rev2 = {
    Capability::literal_minus, Capability::unselect,    Capability::uidplus,     Capability::move,
    Capability::name_space,    Capability::enable,      Capability::esearch,     Capability::sasl_ir,
    Capability::list_extended, Capability::list_status, Capability::status_size, Capability::special_use,
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

} // namespace

bool Capabilities::has(Capability capability) const noexcept {
  return capability < Capability::count_ && known_[static_cast<std::size_t>(capability)];
}

bool Capabilities::has(std::string_view name) const {
  return std::any_of(names_.begin(), names_.end(),
                     [name](const std::string& known) { return equals_ignoring_case(known, name); });
}

void Capabilities::add(std::string_view atom) {
  if (atom.empty() || atom.size() > max_name_length || names_.size() >= max_names || has(atom)) return;
  const std::string& name = names_.emplace_back(upper(atom));

  const auto entry =
      std::find_if(wire_names.begin(), wire_names.end(), [&name](const Entry& known) { return known.first == name; });
  if (entry != wire_names.end()) known_.set(static_cast<std::size_t>(entry->second));
  if (has(Capability::imap4rev2)) {
    for (const Capability implied : implied_by_imap4rev2) known_.set(static_cast<std::size_t>(implied));
  }
  if (name.starts_with(append_limit_prefix)) {
    if (const auto limit = number(std::string_view(name).substr(append_limit_prefix.size()))) append_limit_ = limit;
  }
}

Capabilities Capabilities::parse(std::string_view text) {
  Capabilities capabilities;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_blank) - text.begin());
    capabilities.add(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return capabilities;
}

} // namespace imapferry::imap::proto
