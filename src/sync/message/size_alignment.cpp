#include "sync/message/size_alignment.hpp"

#include <algorithm>
#include <limits>

namespace imapferry::sync {

namespace {

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a < b ? b - a : a - b; }

/// Sizes come from servers and may be anything: the sum must not wrap round.
std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

}  // namespace

const SizeAlignment::Pairs& SizeAlignment::align(Sizes source, Sizes destination) {
  pairs_.clear();
  if (source.size() == destination.size()) {
    // The only way that keeps the order.
    for (std::uint32_t i = 0; i < source.size(); ++i) pairs_.emplace_back(i, i);
  } else if (source.empty() || destination.empty()) {
    return pairs_;
  } else if (std::max(source.size(), destination.size()) > limit) {
    pair_equal_sizes_first(source, destination);
  } else if (source.size() < destination.size()) {
    align_by_tables(source, destination, FewerOn::source);
  } else {
    align_by_tables(destination, source, FewerOn::destination);
  }
  std::sort(pairs_.begin(), pairs_.end());
  return pairs_;
}

/// Row i, column j of the tables: the first i of `few` are paired among the first j of `many`. costs_ has the least sum
/// of differences; is_paired_ says whether the last of both are a pair then.
void SizeAlignment::fill_tables(Sizes few, Sizes many, FewerOn side) {
  const std::size_t width = many.size() + 1;
  costs_.assign((few.size() + 1) * width, 0);
  is_paired_.assign(costs_.size(), 0);
  for (std::size_t i = 1; i <= few.size(); ++i) {
    for (std::size_t j = i; j <= many.size(); ++j) {
      const std::size_t here = i * width + j;
      const std::uint64_t paired = saturating_sum(costs_[here - width - 1], distance(few[i - 1], many[j - 1]));
      const std::uint64_t skipped = costs_[here - 1];
      // Of equal sums the one whose destination message is larger: servers rather add to messages than take away.
      const bool pairs = j == i || paired < skipped || (paired == skipped && side == FewerOn::source);
      costs_[here] = pairs ? paired : skipped;
      is_paired_[here] = pairs ? 1 : 0;
    }
  }
}

void SizeAlignment::align_by_tables(Sizes few, Sizes many, FewerOn side) {
  fill_tables(few, many, side);
  const std::size_t width = many.size() + 1;
  std::size_t i = few.size();
  for (std::size_t j = many.size(); j > 0 && i > 0; --j) {
    if (is_paired_[i * width + j] == 0) continue;
    --i;
    const auto a = static_cast<std::uint32_t>(i);
    const auto b = static_cast<std::uint32_t>(j - 1);
    pairs_.emplace_back(side == FewerOn::source ? a : b, side == FewerOn::source ? b : a);
  }
}

void SizeAlignment::pair_equal_sizes_first(Sizes source, Sizes destination) {
  std::vector<std::uint32_t> source_rest;
  std::vector<std::uint32_t> destination_rest;
  std::uint32_t j = 0;
  for (std::uint32_t i = 0; i < source.size(); ++i) {
    while (j < destination.size() && destination[j] < source[i]) destination_rest.push_back(j++);
    if (j < destination.size() && destination[j] == source[i]) {
      pairs_.emplace_back(i, j++);
    } else {
      source_rest.push_back(i);
    }
  }
  for (; j < destination.size(); ++j) destination_rest.push_back(j);
  pair_in_order(source_rest, destination_rest);
}

void SizeAlignment::pair_in_order(std::span<const std::uint32_t> source, std::span<const std::uint32_t> destination) {
  const std::size_t both = std::min(source.size(), destination.size());
  for (std::size_t i = 0; i < both; ++i) pairs_.emplace_back(source[i], destination[i]);
}

}  // namespace imapferry::sync
