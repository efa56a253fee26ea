// What the server says about mailboxes: LIST, STATUS, FLAGS, NAMESPACE, ACL.
#include "imap/proto/data_parsers.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace imapferry::imap::proto {

namespace {

struct AttributeName {
  std::string_view name;
  std::uint32_t bits;
};
constexpr AttributeName attribute_names[] = {
    {"\\NOSELECT", list_noselect},
    {"\\NONEXISTENT", list_nonexistent | list_noselect},
    {"\\NOINFERIORS", list_noinferiors},
    {"\\MARKED", list_marked},
    {"\\UNMARKED", list_unmarked},
    {"\\HASCHILDREN", list_has_children},
    {"\\HASNOCHILDREN", list_has_no_children},
    {"\\SUBSCRIBED", list_subscribed},
    {"\\REMOTE", list_remote},
};
constexpr std::string_view special_uses[] = {"\\ALL",  "\\ARCHIVE", "\\DRAFTS", "\\FLAGGED",
                                             "\\JUNK", "\\SENT",    "\\TRASH"};

void add_attribute(std::string_view attribute, ListResponse& response) {
  for (const AttributeName& known : attribute_names) {
    if (is_word(attribute, known.name)) response.attributes |= known.bits;
  }
  for (const std::string_view use : special_uses) {
    if (response.special_use.empty() && is_word(attribute, use)) response.special_use = attribute;
  }
}

template <class T>
bool status_value(Lexer& lexer, std::size_t depth, std::optional<T>& value) {
  std::uint64_t number = 0;
  if (!lexer.try_number(number)) return lexer.read_over(depth);
  if (number <= std::numeric_limits<T>::max()) value = static_cast<T>(number);
  return true;
}

bool status_item(Lexer& lexer, StatusDataResponse& response) {
  constexpr std::size_t depth = 1;
  const std::string_view name = lexer.atom();
  if (name.empty()) return lexer.fail_expected("an item of STATUS or ')'");
  lexer.skip_spaces();
  if (is_word(name, "MESSAGES")) return status_value(lexer, depth, response.messages);
  if (is_word(name, "RECENT")) return status_value(lexer, depth, response.recent);
  if (is_word(name, "UNSEEN")) return status_value(lexer, depth, response.unseen);
  if (is_word(name, "UIDNEXT")) return status_value(lexer, depth, response.uid_next);
  if (is_word(name, "UIDVALIDITY")) return status_value(lexer, depth, response.uid_validity);
  if (is_word(name, "HIGHESTMODSEQ")) return status_value(lexer, depth, response.highest_mod_seq);
  if (is_word(name, "SIZE")) return status_value(lexer, depth, response.size);
  return lexer.read_over(depth);
}

/// "(" string SP (QUOTED-CHAR / nil) *(SP string SP "(" string *(SP string) ")") ")"
bool namespace_entry(Lexer& lexer, std::vector<Namespace>& entries) {
  constexpr std::size_t depth = 2;
  if (entries.size() == lexer.limits().items) return lexer.fail(fmt::format("more than {} namespaces", entries.size()));
  std::string_view prefix;
  Namespace entry;
  lexer.skip_spaces();
  if (!lexer.astring(prefix)) return false;
  lexer.skip_spaces();
  if (!lexer.delimiter(entry.delimiter)) return false;
  entry.prefix = prefix;
  entries.push_back(std::move(entry));
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return true;
    if (!lexer.read_over(depth)) return false;
  }
}

/// nil / "(" 1*entry ")"
bool namespace_kind(Lexer& lexer, std::vector<Namespace>& entries) {
  lexer.skip_spaces();
  if (lexer.accept_nil()) return true;
  if (!lexer.expect('(')) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return true;
    if (!lexer.expect('(') || !namespace_entry(lexer, entries)) return false;
  }
}

}  // namespace

/// RFC 9051: "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
bool parse_list(Lexer& lexer, ListResponse& response) {
  std::vector<std::string_view> attributes;
  lexer.skip_spaces();
  if (!lexer.flag_list(attributes)) return false;
  for (const std::string_view attribute : attributes) add_attribute(attribute, response);
  lexer.skip_spaces();
  if (!lexer.delimiter(response.delimiter) || !lexer.expect_space() || !lexer.astring(response.mailbox)) return false;
  if (!lexer.at_end() && !lexer.expect_space()) return false;
  // A name with blanks that is not quoted would be cut short without a word if anything could follow it.
  while (lexer.next_is('(')) {
    if (!lexer.read_over(0)) return false;
    lexer.skip_spaces();
  }
  return lexer.expect_end();
}

/// RFC 9051: mailbox SP "(" [status-att-list] ")"
bool parse_status_data(Lexer& lexer, StatusDataResponse& response) {
  lexer.skip_spaces();
  if (!lexer.astring(response.mailbox) || !lexer.expect_space() || !lexer.expect('(')) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return lexer.expect_end();
    if (!status_item(lexer, response)) return false;
  }
}

bool parse_flags(Lexer& lexer, FlagsResponse& response) {
  lexer.skip_spaces();
  return lexer.flag_list(response.flags) && lexer.expect_end();
}

/// RFC 2342: the personal, the other users' and the shared ones. Some servers write no blanks between them.
bool parse_namespace(Lexer& lexer, NamespaceResponse& response) {
  return namespace_kind(lexer, response.personal) && namespace_kind(lexer, response.other_users) &&
         namespace_kind(lexer, response.shared) && lexer.expect_end();
}

/// RFC 4314: mailbox *(SP identifier SP rights)
bool parse_acl(Lexer& lexer, AclResponse& response) {
  lexer.skip_spaces();
  if (!lexer.astring(response.mailbox)) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.at_end()) return true;
    if (response.entries.size() == lexer.limits().items) {
      return lexer.fail(fmt::format("more than {} identifiers", response.entries.size()));
    }
    std::string_view identifier;
    std::string_view rights;
    if (!lexer.astring(identifier) || !lexer.expect_space() || !lexer.astring(rights)) return false;
    response.entries.push_back({std::string(identifier), std::string(rights)});
  }
}

}  // namespace imapferry::imap::proto
