#pragma once

#include "imap/proto/fetch_parser.hpp"
#include "imap/proto/lexer.hpp"
#include "imap/proto/response.hpp"

#include <string_view>

namespace imapferry::imap::proto {

/// Reads the text of a response, without its line end, into a Response that it owns.
class ResponseParser {
 public:
  ResponseParser() : fetch_(std::get<FetchResponse>(fetch_response_)) {}
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// From its first byte on. Only a FETCH response can come to a literal to be streamed.
  ParseProgress begin(Lexer& lexer);
  /// From behind a streamed literal on.
  ParseProgress resume(Lexer& lexer) { return fetch_.resume(lexer); }

  /// What was read last.
  [[nodiscard]] const Response* response() const noexcept { return response_; }
  /// FETCH data so far, and the section whose literal is to be streamed.
  [[nodiscard]] const FetchResponse* fetch_head() const noexcept {
    return std::get_if<FetchResponse>(&fetch_response_);
  }
  [[nodiscard]] const BodySection& streamed_section() const noexcept { return fetch_.section(); }

 private:
  template <class T>
  T& answer();
  bool tagged(Lexer& lexer);
  ParseProgress untagged(Lexer& lexer);
  ParseProgress numbered(std::string_view digits, std::uint32_t number, Lexer& lexer);
  bool data(std::string_view keyword, Lexer& lexer);
  bool other(std::string_view keyword, std::string_view rest);

  Response fetch_response_ = FetchResponse{};  // always that, so that its vectors are used again
  FetchParser fetch_;
  Response other_response_;
  const Response* response_ = &other_response_;
};

}  // namespace imapferry::imap::proto
