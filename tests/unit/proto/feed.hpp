#pragma once

#include "describe.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>

namespace imapferry::testing {

/// What a parser made of some bytes.
struct Fed {
  /// Each event as text, adjacent chunks as one. Ends with "failure ..." or with what was left over.
  std::vector<std::string> events;
  /// The responses alone, with the bytes of their streamed sections put back: the same for every inline limit.
  std::vector<std::string> responses;
  /// The whole message, or nothing.
  std::string failure;
};

/// Plays the reader for a parser: hands it bytes in pieces, and copies every event while its views live. Each call gets
/// a buffer of its own that is exactly as large as it may be, so that a sanitizer sees a read outside of it, or of an
/// earlier one. Throws std::logic_error where the parser breaks its contract.
class Feeder {
 public:
  Feeder(std::string_view bytes, const imap::proto::ParserLimits& limits) : bytes_(bytes), parser_(limits) {}

  /// The bytes arrive in pieces of these sizes, over and over.
  Fed feed(std::span<const std::size_t> pieces) {
    std::size_t piece = 0;
    for (;;) {
      const std::string_view unconsumed = bytes_.substr(consumed_, arrived_ - consumed_);
      const std::unique_ptr<char[]> buffer(new char[unconsumed.size()]);
      std::copy(unconsumed.begin(), unconsumed.end(), buffer.get());
      const std::span<const char> input(buffer.get(), unconsumed.size());

      auto step = parser_.next(input);
      if (!step) {
        check(arrived_ >= awaited_, "failed before the bytes that it waited for");
        fail(step.error(), input);
        return std::move(fed_);
      }
      check(step->consumed <= input.size(), "consumed more than there is");
      consumed_ += step->consumed;
      if (const auto* need = std::get_if<imap::proto::NeedInput>(&step->event)) {
        check(need->at_least > 0, "needs no bytes");
        awaited_ = arrived_ + need->at_least;
        if (arrived_ == bytes_.size()) {
          fed_.events.push_back(fmt::format("{} left", bytes_.size() - consumed_));
          return std::move(fed_);
        }
        arrived_ = std::min(bytes_.size(), arrived_ + std::max<std::size_t>(pieces[piece++ % pieces.size()], 1));
        continue;
      }
      check(arrived_ >= awaited_, "an event before the bytes that it waited for");
      take(*step);
    }
  }

 private:
  void take(const imap::proto::Parser::Step& step) {
    if (const auto* response = std::get_if<const imap::proto::Response*>(&step.event)) {
      check(step.consumed > 0 && !in_literal_, "a response out of place");
      fed_.events.push_back(std::visit(Describe(), **response));
      fed_.responses.push_back(std::visit(Describe(&bodies_), **response));
      bodies_.clear();
    } else if (const auto* begin = std::get_if<imap::proto::LiteralBegin>(&step.event)) {
      check(step.consumed > 0 && !in_literal_ && begin->section.streamed, "a literal out of place");
      fed_.events.push_back("begin " + Describe()(*begin->head) + " / " + Describe()(begin->section));
      in_literal_ = true;
      expected_ = begin->section.size;
      bodies_.emplace_back();
    } else if (const auto* chunk = std::get_if<imap::proto::LiteralChunk>(&step.event)) {
      check(in_literal_ && !chunk->bytes.empty() && step.consumed == chunk->bytes.size(), "a chunk out of place");
      bodies_.back() += chunk->bytes;
    } else {
      check(in_literal_ && bodies_.back().size() == expected_, "a literal of another size than announced");
      in_literal_ = false;
      fed_.events.push_back("literal " + quote(bodies_.back()));
    }
  }

  void fail(const core::Failure& failure, std::span<const char> input) {
    check(failure.fault == core::Fault::protocol, "a failure of another kind");
    auto again = parser_.next(input);
    check(!again && again.error().message == failure.message, "another outcome after a failure");
    fed_.failure = failure.message;
    // How much is shown of a response depends on how much of it had arrived.
    const std::string_view message = failure.message;
    constexpr std::size_t tail = 16;
    fed_.events.push_back(fmt::format("failure {}... {}", message.substr(0, message.find(" (\"")),
                                      message.substr(message.size() - std::min(message.size(), tail))));
  }

  static void check(bool holds, const char* otherwise) {
    if (!holds) throw std::logic_error(otherwise);
  }

  std::string_view bytes_;
  imap::proto::Parser parser_;
  std::size_t arrived_ = 0;
  std::size_t consumed_ = 0;
  std::size_t awaited_ = 0;  // no event may come before so many bytes arrived
  bool in_literal_ = false;
  std::uint64_t expected_ = 0;
  std::vector<std::string> bodies_;
  Fed fed_;
};

inline Fed feed(std::string_view bytes, const imap::proto::ParserLimits& limits, std::span<const std::size_t> pieces) {
  return Feeder(bytes, limits).feed(pieces);
}

inline Fed feed_whole(std::string_view bytes, const imap::proto::ParserLimits& limits = {}) {
  const std::size_t pieces[] = {std::max<std::size_t>(bytes.size(), 1)};
  return feed(bytes, limits, pieces);
}

}  // namespace imapferry::testing
