#pragma once

#include "imap/proto/lexer.hpp"
#include "imap/proto/response.hpp"

namespace imapferry::imap::proto {

/// How far the reading of a response came.
enum class ParseProgress {
  complete,
  at_literal,  ///< to a literal that is to be streamed
  failed,      ///< the lexer knows why
};

/// Reads "(" fetch-att *(SP fetch-att) ")" (RFC 9051 section 9, "msg-att") into one FetchResponse that is used again
/// and again, so that its vectors need no new memory. Reading stops at a body section whose literal is to be streamed,
/// and goes on after it in another text.
class FetchParser {
 public:
  /// `response` outlives the parser.
  explicit FetchParser(FetchResponse& response) : response_(response) {}

  /// From the parenthesis on.
  ParseProgress begin(std::uint32_t sequence, Lexer& lexer);
  /// From behind a streamed literal on.
  ParseProgress resume(Lexer& lexer);
  /// The section whose literal is to be streamed.
  [[nodiscard]] const BodySection& section() const noexcept { return streamed_; }

 private:
  ParseProgress items(Lexer& lexer);
  ParseProgress item(Lexer& lexer);
  ParseProgress section_item(BodySection section, Lexer& lexer);
  bool value_of(std::string_view name, Lexer& lexer);
  bool internal_date(Lexer& lexer);
  bool mod_seq(Lexer& lexer);
  bool email_id(Lexer& lexer);
  void clear();

  FetchResponse& response_;
  BodySection streamed_;
};

}  // namespace imapferry::imap::proto
