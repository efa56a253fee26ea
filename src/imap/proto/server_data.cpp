// What the server says about itself: CAPABILITY, ENABLED, ID.
#include "imap/proto/data_parsers.hpp"

namespace imapferry::imap::proto {

namespace {

bool parse_names(Lexer& lexer, Capabilities& capabilities) {
  for (;;) {
    lexer.skip_spaces();
    const std::string_view name = lexer.word();
    if (name.empty()) return lexer.expect_end();
    capabilities.add(name);
  }
}

/// NIL or string
bool parse_nstring(Lexer& lexer, std::string_view& value) {
  lexer.skip_spaces();
  value = {};
  return lexer.accept_nil() || lexer.astring(value);
}

}  // namespace

bool parse_capability(Lexer& lexer, CapabilityResponse& response) { return parse_names(lexer, response.capabilities); }

bool parse_enabled(Lexer& lexer, EnabledResponse& response) { return parse_names(lexer, response.capabilities); }

/// RFC 2971: "ID" SP ("(" *(string SP nstring) ")" / NIL)
bool parse_id(Lexer& lexer, IdResponse& response) {
  constexpr std::size_t most_pairs = 30;
  lexer.skip_spaces();
  if (lexer.at_end() || lexer.accept_nil()) return lexer.expect_end();
  if (!lexer.expect('(')) return false;
  for (;;) {
    lexer.skip_spaces();
    if (lexer.accept(')')) return lexer.expect_end();
    std::string_view name;
    std::string_view value;
    if (!parse_nstring(lexer, name) || !parse_nstring(lexer, value)) return false;
    if (response.fields.size() < most_pairs) response.fields.emplace_back(name, value);
  }
}

}  // namespace imapferry::imap::proto
