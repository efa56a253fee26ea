#include "imap/proto/response_parser.hpp"

#include "imap/proto/data_parsers.hpp"

namespace imapferry::imap::proto {

namespace {

ParseProgress progress(bool read) { return read ? ParseProgress::complete : ParseProgress::failed; }

}  // namespace

/// Makes the response a T and gives it to be filled in.
template <class T>
T& ResponseParser::answer() {
  response_ = &other_response_;
  return other_response_.emplace<T>();
}

ParseProgress ResponseParser::begin(Lexer& lexer) {
  if (lexer.accept('*')) return untagged(lexer);
  if (!lexer.accept('+')) return progress(tagged(lexer));
  lexer.skip_spaces();
  answer<ContinuationResponse>().text = lexer.rest();
  return ParseProgress::complete;
}

bool ResponseParser::tagged(Lexer& lexer) {
  auto& status = answer<StatusResponse>();
  status.tag = lexer.word();
  return lexer.expect_space() && parse_status(lexer, status);
}

ParseProgress ResponseParser::untagged(Lexer& lexer) {
  if (!lexer.expect_space()) return ParseProgress::failed;
  const std::string_view all = lexer.rest();
  const std::string_view first = all.substr(0, all.find_first_of(" \r"));
  if (!first.empty() && first.front() >= '0' && first.front() <= '9') {
    std::uint32_t number = 0;
    if (!lexer.number(number) || !lexer.expect_space()) return ParseProgress::failed;
    return numbered(first, number, lexer);
  }
  if (condition_of(first)) return progress(parse_status(lexer, answer<StatusResponse>()));
  const std::string_view keyword = lexer.atom();
  if (keyword.empty()) return progress(lexer.fail_expected("the name of a response"));
  return progress(data(keyword, lexer));
}

ParseProgress ResponseParser::numbered(std::string_view digits, std::uint32_t number, Lexer& lexer) {
  const std::string_view rest = lexer.rest();
  const std::string_view keyword = lexer.atom();
  if (is_word(keyword, "FETCH")) {
    response_ = &fetch_response_;
    return fetch_.begin(number, lexer);
  }
  using Kind = NumberResponse::Kind;
  constexpr std::pair<std::string_view, Kind> kinds[] = {
      {"EXISTS", Kind::exists}, {"RECENT", Kind::recent}, {"EXPUNGE", Kind::expunge}};
  for (const auto& [name, kind] : kinds) {
    if (!is_word(keyword, name)) continue;
    answer<NumberResponse>() = {kind, number};
    return progress(lexer.expect_end());
  }
  return progress(other(digits, rest));
}

bool ResponseParser::data(std::string_view keyword, Lexer& lexer) {
  if (is_word(keyword, "LIST") || is_word(keyword, "XLIST")) return parse_list(lexer, answer<ListResponse>());
  if (is_word(keyword, "LSUB")) {
    auto& list = answer<ListResponse>();
    list.lsub = true;
    return parse_list(lexer, list);
  }
  if (is_word(keyword, "STATUS")) return parse_status_data(lexer, answer<StatusDataResponse>());
  if (is_word(keyword, "FLAGS")) return parse_flags(lexer, answer<FlagsResponse>());
  if (is_word(keyword, "SEARCH")) return parse_search(lexer, answer<SearchResponse>());
  if (is_word(keyword, "ESEARCH")) return parse_esearch(lexer, answer<ESearchResponse>());
  if (is_word(keyword, "VANISHED")) return parse_vanished(lexer, answer<VanishedResponse>());
  if (is_word(keyword, "CAPABILITY")) return parse_capability(lexer, answer<CapabilityResponse>());
  if (is_word(keyword, "ENABLED")) return parse_enabled(lexer, answer<EnabledResponse>());
  if (is_word(keyword, "NAMESPACE")) return parse_namespace(lexer, answer<NamespaceResponse>());
  if (is_word(keyword, "ACL")) return parse_acl(lexer, answer<AclResponse>());
  if (is_word(keyword, "ID")) return parse_id(lexer, answer<IdResponse>());
  lexer.skip_spaces();
  return other(keyword, lexer.rest());
}

bool ResponseParser::other(std::string_view keyword, std::string_view rest) {
  answer<OtherResponse>() = {keyword, rest};
  return true;
}

}  // namespace imapferry::imap::proto
