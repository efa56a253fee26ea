#include "verb.hpp"

#include "imap/proto/flags.hpp"

#include <array>

namespace imapferry::bench::synthetic {

namespace {

struct Row {
  std::string_view name;
  Needs needs;
};

// In the order of the enumerators.
constexpr std::array<Row, verbs> rows = {{
    {"CAPABILITY", Needs::nothing},   {"NOOP", Needs::nothing},      {"CHECK", Needs::mailbox},
    {"LOGOUT", Needs::nothing},       {"ID", Needs::nothing},        {"LOGIN", Needs::nothing},
    {"AUTHENTICATE", Needs::nothing}, {"ENABLE", Needs::login},      {"NAMESPACE", Needs::login},
    {"LIST", Needs::login},           {"LSUB", Needs::login},        {"STATUS", Needs::login},
    {"CREATE", Needs::login},         {"SUBSCRIBE", Needs::login},   {"UNSUBSCRIBE", Needs::login},
    {"SELECT", Needs::login},         {"EXAMINE", Needs::login},     {"UNSELECT", Needs::mailbox},
    {"CLOSE", Needs::mailbox},        {"APPEND", Needs::login},      {"FETCH", Needs::mailbox},
    {"UID FETCH", Needs::mailbox},    {"SEARCH", Needs::mailbox},    {"UID SEARCH", Needs::mailbox},
    {"STORE", Needs::mailbox},        {"UID STORE", Needs::mailbox}, {"EXPUNGE", Needs::mailbox},
    {"UID EXPUNGE", Needs::mailbox},
}};
static_assert(!rows.back().name.empty(), "every verb has a row");

}  // namespace

std::optional<Verb> verb_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (imap::proto::equals_ignoring_case(name, rows[i].name)) return static_cast<Verb>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Verb verb) noexcept { return rows[static_cast<std::size_t>(verb)].name; }

Needs needs_of(Verb verb) noexcept { return rows[static_cast<std::size_t>(verb)].needs; }

}  // namespace imapferry::bench::synthetic
