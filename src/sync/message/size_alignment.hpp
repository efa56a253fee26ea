#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace imapferry::sync {

/// Pairs messages of one identity by nothing but their sizes: so that the differences add up to the least, in the order
/// of sizes. A server may add a line end to every message, so an equal size is no condition, and a message that is
/// missing on the destination must not push the others off by one.
class SizeAlignment {
 public:
  using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  using Sizes = std::span<const std::uint64_t>;

  /// Sizes are ascending; what is returned are positions in both, ascending, until the next call. All of the side that
  /// has fewer is paired, whatever the differences.
  const Pairs& align(Sizes source, Sizes destination);

 private:
  /// The tables have the product of both counts as their size: this bounds them.
  static constexpr std::size_t limit = 64;
  enum class FewerOn { source, destination };

  void align_by_tables(Sizes few, Sizes many, FewerOn side);
  void fill_tables(Sizes few, Sizes many, FewerOn side);
  void pair_equal_sizes_first(Sizes source, Sizes destination);
  void pair_in_order(std::span<const std::uint32_t> source, std::span<const std::uint32_t> destination);

  Pairs pairs_;
  std::vector<std::uint64_t> costs_;
  std::vector<std::uint8_t> is_paired_;
};

}  // namespace imapferry::sync
