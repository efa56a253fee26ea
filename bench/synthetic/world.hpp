#pragma once

#include "book.hpp"
#include "message.hpp"
#include "shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench::synthetic {

/// Flags between their names and their bits. Keywords get a bit when they are first seen, as far as there are bits.
class FlagTable {
 public:
  FlagTable() : keywords_{"$Forwarded"} {}

  /// Nothing for a flag that cannot be held: \Recent, an unknown \Flag, a keyword too many.
  [[nodiscard]] std::optional<FlagBits> bit_of(std::string_view flag);
  /// The names between blanks.
  void append(std::string& out, FlagBits flags) const;
  /// All flags that there are.
  [[nodiscard]] FlagBits all() const noexcept;
  [[nodiscard]] bool has_room() const noexcept { return keywords_.size() < most_keywords; }

 private:
  static constexpr std::size_t most_keywords = 16 - first_keyword_bit;
  std::vector<std::string> keywords_;
};

/// What a whole server knows beside its accounts.
struct World {
  explicit World(const Shape& of) : shape(of), book(of.seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Shape shape;
  const Book book;
  Phase phase = Phase::before_delta;
  std::uint32_t users = 1;  ///< that are expected to come
  FlagTable flags;
};

}  // namespace imapferry::bench::synthetic
