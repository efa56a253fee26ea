#pragma once

#include "imap/proto/literal.hpp"
#include "imap/proto/parser.hpp"

#include <cstddef>
#include <string_view>
#include <variant>

namespace imapferry::imap::proto {

/// Finds where a response ends: at the first line end that no literal header stands before. Each byte outside literals
/// is looked at once, however the bytes arrive, and those of literals not at all.
///
/// Only data responses have literals. The text of a status or continuation response may end with "{5}" and mean nothing
/// by it.
class Framer {
 public:
  explicit Framer(const ParserLimits& limits) : limits_(limits) {}

  struct Incomplete {
    std::size_t at_least = 1;
  };
  struct Complete {
    std::size_t text_end = 0;  ///< without the line end
    std::size_t end = 0;
  };
  /// A literal that is too large to be kept.
  using TooLarge = LiteralHeader;
  /// The response without its literals is longer than allowed.
  struct LineTooLong {
    std::size_t at = 0;  ///< the first byte too many
  };
  using Found = std::variant<Incomplete, Complete, TooLarge, LineTooLong>;

  /// Goes on where the last call stopped; `input` begins with the same bytes as then.
  [[nodiscard]] Found find(std::string_view input);

  /// The bytes up to the end of a literal that was too large are gone; the input begins with what follows it.
  void resume_after_literal() noexcept { line_start_ = searched_ = 0; }
  /// The next response begins at the start of the input.
  void reset() noexcept;

 private:
  const ParserLimits& limits_;
  std::size_t line_start_ = 0;  // of the part after the last literal; beyond the input when a literal is not all there
  std::size_t searched_ = 0;    // no line end before this
  std::size_t line_bytes_ = 0;  // of this response, without literals, before line_start_
  std::size_t literal_bytes_ = 0;  // of this response that are kept
  bool first_line_ = true;
  bool has_literals_ = false;
};

}  // namespace imapferry::imap::proto
