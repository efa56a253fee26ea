#include "imap/proto/parser.hpp"

#include "imap/proto/framer.hpp"
#include "imap/proto/lexer.hpp"
#include "imap/proto/response_parser.hpp"
#include "imap/proto/scratch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::imap::proto {

class Parser::Impl {
 public:
  explicit Impl(const ParserLimits& limits) : limits_(limits), framer_(limits_) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  core::Result<Step> next(std::string_view input);

 private:
  enum class State {
    between,      ///< the next bytes begin a response
    response,     ///< a response from its start on, or from behind its last streamed literal on, is being framed
    streaming,    ///< the next bytes are of a literal
    literal_end,  ///< a literal is over, which is yet to be told
    failed,
  };

  core::Result<Step> start(std::string_view input);
  core::Result<Step> go_on(std::string_view input);
  core::Result<Step> complete(std::string_view input, const Framer::Complete& found);
  core::Result<Step> begin_literal(std::string_view input, const Framer::TooLarge& found);
  core::Result<Step> stream(std::string_view input);
  ParseProgress parse(Lexer& lexer) { return start_.empty() ? parser_.begin(lexer) : parser_.resume(lexer); }
  core::Failure fail(std::uint64_t at, std::string_view message, std::string_view input);

  ParserLimits limits_;
  Scratch scratch_;
  Framer framer_;
  ResponseParser parser_;
  State state_ = State::between;
  std::string_view start_;          // of the response, once a literal of it was streamed
  std::uint64_t before_ = 0;        // bytes of this response that were consumed
  std::uint64_t literal_left_ = 0;  // bytes of the streamed literal to come
  std::uint64_t responses_ = 0;     // that were completed
  std::size_t nuls_ = 0;            // before this response
  core::Failure failure_;
};

core::Result<Parser::Step> Parser::Impl::next(std::string_view input) {
  switch (state_) {
  case State::between: return start(input);
  case State::response: return go_on(input);
  case State::streaming: return stream(input);
  case State::literal_end: state_ = State::response; return Step{0, LiteralEnd{}};
  case State::failed: break;
  }
  return failure_;
}

core::Result<Parser::Step> Parser::Impl::start(std::string_view input) {
  const std::size_t nuls = std::min(input.find_first_not_of('\0'), input.size());
  nuls_ += nuls;
  if (nuls_ > limits_.line) return fail(0, fmt::format("more than {} NUL bytes before it", limits_.line), {});
  input.remove_prefix(nuls);
  if (input.empty()) return Step{nuls, NeedInput{}};

  scratch_.clear();
  framer_.reset();
  start_ = {};
  before_ = 0;
  const char first = input.front();
  if (first != '*' && first != '+' && !is_tag_char(first)) {
    return fail(0, fmt::format("expected '*', '+' or a tag, saw '{}'", core::printable(input.substr(0, 1))), input);
  }
  state_ = State::response;
  auto step = go_on(input);
  if (step) step->consumed += nuls;
  return step;
}

core::Result<Parser::Step> Parser::Impl::go_on(std::string_view input) {
  const Framer::Found found = framer_.find(input);
  if (const auto* incomplete = std::get_if<Framer::Incomplete>(&found)) return Step{0, NeedInput{incomplete->at_least}};
  if (const auto* whole = std::get_if<Framer::Complete>(&found)) return complete(input, *whole);
  if (const auto* literal = std::get_if<Framer::TooLarge>(&found)) return begin_literal(input, *literal);
  const std::size_t at = std::get<Framer::LineTooLong>(found).at;
  return fail(at, fmt::format("expected at most {} bytes besides literals", limits_.line), input);
}

core::Result<Parser::Step> Parser::Impl::complete(std::string_view input, const Framer::Complete& found) {
  Lexer lexer(input.substr(0, found.text_end), scratch_, limits_);
  if (parse(lexer) != ParseProgress::complete) return fail(lexer.failed_at(), lexer.failure(), input);
  state_ = State::between;
  nuls_ = 0;
  ++responses_;
  return Step{found.end, parser_.response()};
}

core::Result<Parser::Step> Parser::Impl::begin_literal(std::string_view input, const Framer::TooLarge& found) {
  if (found.size > limits_.literal) {
    return fail(found.at,
                fmt::format("a literal of {} bytes where at most {} are allowed", found.size, limits_.literal), input);
  }
  // Kept, since the caller's bytes will be gone when the response is complete.
  const std::string_view text = scratch_.keep(input.substr(0, found.end));
  Lexer lexer(text, scratch_, limits_, &found);
  switch (parse(lexer)) {
  case ParseProgress::at_literal: break;
  case ParseProgress::failed: return fail(lexer.failed_at(), lexer.failure(), input);
  case ParseProgress::complete: return fail(found.at, literal_not_kept(found.size, limits_), input);
  }
  if (start_.empty()) start_ = text;
  before_ += found.end + found.size;
  literal_left_ = found.size;
  framer_.resume_after_literal();
  state_ = State::streaming;
  return Step{found.end, LiteralBegin{parser_.fetch_head(), parser_.streamed_section()}};
}

core::Result<Parser::Step> Parser::Impl::stream(std::string_view input) {
  if (input.empty()) return Step{0, NeedInput{}};
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), literal_left_));
  literal_left_ -= size;
  if (literal_left_ == 0) state_ = State::literal_end;
  return Step{size, LiteralChunk{input.substr(0, size)}};
}

core::Failure Parser::Impl::fail(std::uint64_t at, std::string_view message, std::string_view input) {
  constexpr std::size_t most_shown = 40;
  std::string_view shown = start_.empty() ? input : start_;
  shown = shown.substr(0, shown.find_first_of("\r\n"));
  state_ = State::failed;
  failure_ = core::Failure{core::Fault::protocol,
                           fmt::format("byte {} of response {} (\"{}\"): {}", before_ + at + 1, responses_ + 1,
                                       core::printable(shown.substr(0, most_shown + 1), most_shown), message),
                           {}};
  return failure_;
}

Parser::Parser(ParserLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;
Parser::~Parser() = default;

core::Result<Parser::Step> Parser::next(std::span<const char> input) {
  return impl_->next(std::string_view(input.data(), input.size()));
}

}  // namespace imapferry::imap::proto
