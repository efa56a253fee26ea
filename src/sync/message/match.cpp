#include "sync/message/match.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>

namespace imapferry::sync {

namespace {

using Position = std::uint32_t;
using Positions = std::span<const Position>;

/// Positions of one side's messages, dealt out to buckets by the leading bits of their identity, which are evenly
/// spread: sorting the small buckets is several times faster than sorting all, because their identities stay in the
/// cache.
struct Buckets {
  std::vector<Position> order;
  std::vector<Position> ends;
};

Buckets deal(const MailboxIndex& index) {
  const int bits = std::clamp(static_cast<int>(std::bit_width(index.size())) - 3, 1, 20);
  const auto bucket_of = [&](std::size_t i) {
    return static_cast<std::size_t>(index.identity(i).bits[0] >> (64 - bits));
  };
  std::vector<Position> next((std::size_t{1} << bits) + 1, 0);
  for (std::size_t i = 0; i < index.size(); ++i) ++next[bucket_of(i) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Position> order(index.size());
  for (std::size_t i = 0; i < index.size(); ++i) order[next[bucket_of(i)]++] = static_cast<Position>(i);
  return {std::move(order), std::move(next)};
}

/// Sorts the messages of one side so that an identity's messages stand together, by size, the lowest UID first.
std::vector<Position> order_of(const MailboxIndex& index) {
  Buckets buckets = deal(index);
  const auto is_before = [&index](Position a, Position b) {
    if (const auto by_identity = index.identity(a) <=> index.identity(b); by_identity != 0) return by_identity < 0;
    return std::tuple(index.message_size(a), index.uid(a)) < std::tuple(index.message_size(b), index.uid(b));
  };
  auto begin = buckets.order.begin();
  for (const Position end : buckets.ends) {
    const auto bucket_end = buckets.order.begin() + static_cast<std::ptrdiff_t>(end);
    std::sort(begin, bucket_end, is_before);
    begin = bucket_end;
  }
  return std::move(buckets.order);
}

/// How many messages at the front of `order`, which is not empty, have one identity.
std::size_t group_size(const MailboxIndex& index, Positions order) {
  const Identity& identity = index.identity(order.front());
  const auto end = std::find_if(order.begin(), order.end(), [&](Position i) { return index.identity(i) != identity; });
  return static_cast<std::size_t>(end - order.begin());
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a < b ? b - a : a - b; }

/// Sizes come from servers and may be anything: the sum must not wrap round.
std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

class Matcher {
 public:
  Matcher(const MailboxIndex& source, const MailboxIndex& destination, bool keeps_duplicates)
      : source_(source), destination_(destination), keeps_duplicates_(keeps_duplicates) {}

  Matches run();

 private:
  /// The tables of an alignment have the product of both counts as their size: this bounds them.
  static constexpr std::size_t alignment_limit = 64;
  enum class Role { source, destination };

  const MailboxIndex& index_of(Role role) const { return role == Role::source ? source_ : destination_; }

  void take_distinct(Role role, Positions group, std::vector<Position>& distinct);
  void match_group(Positions source_group, Positions destination_group);
  void pair(Position source, Position destination) { matches_.pairs.push_back({source, destination}); }
  void pair_in_order(Positions source, Positions destination);
  void align(Positions few, Positions many, Role few_role);
  void fill_tables(Positions few, Positions many, Role few_role);
  void pair_equal_sizes_first();

  const MailboxIndex& source_;
  const MailboxIndex& destination_;
  bool keeps_duplicates_;
  Matches matches_;
  std::vector<Position> distinct_source_, distinct_destination_;  ///< of the group in work, ascending sizes
  std::vector<std::uint64_t> costs_;
  std::vector<std::uint8_t> is_paired_;
};

Matches Matcher::run() {
  const std::vector<Position> source_order = order_of(source_);
  const std::vector<Position> destination_order = order_of(destination_);
  Positions source = source_order;
  Positions destination = destination_order;
  while (!source.empty() || !destination.empty()) {
    std::size_t source_count = source.empty() ? 0 : group_size(source_, source);
    std::size_t destination_count = destination.empty() ? 0 : group_size(destination_, destination);
    if (source_count != 0 && destination_count != 0) {
      const auto order = source_.identity(source.front()) <=> destination_.identity(destination.front());
      if (order < 0) destination_count = 0;
      if (order > 0) source_count = 0;
    }
    match_group(source.first(source_count), destination.first(destination_count));
    source = source.subspan(source_count);
    destination = destination.subspan(destination_count);
  }
  std::sort(matches_.pairs.begin(), matches_.pairs.end(),
            [](const Matches::Pair& a, const Matches::Pair& b) { return a.source < b.source; });
  for (std::vector<Position>* list :
       {&matches_.missing, &matches_.source_duplicates, &matches_.destination_duplicates, &matches_.destination_only}) {
    std::sort(list->begin(), list->end());
  }
  return std::move(matches_);
}

/// Of each size the first message stays; the others are duplicates.
void Matcher::take_distinct(Role role, Positions group, std::vector<Position>& distinct) {
  const MailboxIndex& index = index_of(role);
  std::vector<Position>& duplicates =
      role == Role::source ? matches_.source_duplicates : matches_.destination_duplicates;
  distinct.clear();
  for (const Position i : group) {
    const bool is_repeat =
        !keeps_duplicates_ && !distinct.empty() && index.message_size(distinct.back()) == index.message_size(i);
    (is_repeat ? duplicates : distinct).push_back(i);
  }
}

void Matcher::match_group(Positions source_group, Positions destination_group) {
  take_distinct(Role::source, source_group, distinct_source_);
  take_distinct(Role::destination, destination_group, distinct_destination_);
  const std::size_t n = distinct_source_.size();
  const std::size_t m = distinct_destination_.size();
  if (n == m) {
    pair_in_order(distinct_source_, distinct_destination_);  // the only alignment that keeps the order
  } else if (n == 0) {
    matches_.destination_only.insert(matches_.destination_only.end(), distinct_destination_.begin(),
                                     distinct_destination_.end());
  } else if (m == 0) {
    matches_.missing.insert(matches_.missing.end(), distinct_source_.begin(), distinct_source_.end());
  } else if (std::max(n, m) > alignment_limit) {
    pair_equal_sizes_first();
  } else if (n < m) {
    align(distinct_source_, distinct_destination_, Role::source);
  } else {
    align(distinct_destination_, distinct_source_, Role::destination);
  }
}

void Matcher::pair_in_order(Positions source, Positions destination) {
  const std::size_t both = std::min(source.size(), destination.size());
  for (std::size_t i = 0; i < both; ++i) pair(source[i], destination[i]);
  for (const Position i : source.subspan(both)) matches_.missing.push_back(i);
  for (const Position i : destination.subspan(both)) matches_.destination_only.push_back(i);
}

/// Row i, column j of the tables: the first i of `few` are paired among the first j of `many`. costs_ has the least sum
/// of differences; is_paired_ says whether the last of both are a pair then.
void Matcher::fill_tables(Positions few, Positions many, Role few_role) {
  const MailboxIndex& few_index = index_of(few_role);
  const MailboxIndex& many_index = index_of(few_role == Role::source ? Role::destination : Role::source);
  const std::size_t width = many.size() + 1;
  costs_.assign((few.size() + 1) * width, 0);
  is_paired_.assign(costs_.size(), 0);
  for (std::size_t i = 1; i <= few.size(); ++i) {
    for (std::size_t j = i; j <= many.size(); ++j) {
      const std::size_t here = i * width + j;
      const std::uint64_t difference =
          distance(few_index.message_size(few[i - 1]), many_index.message_size(many[j - 1]));
      const std::uint64_t paired = saturating_sum(costs_[here - width - 1], difference);
      const std::uint64_t skipped = costs_[here - 1];
      // Of equal sums the one whose destination message is larger: servers rather add to messages than take away.
      const bool pairs = j == i || paired < skipped || (paired == skipped && few_role == Role::source);
      costs_[here] = pairs ? paired : skipped;
      is_paired_[here] = pairs ? 1 : 0;
    }
  }
}

void Matcher::align(Positions few, Positions many, Role few_role) {
  fill_tables(few, many, few_role);
  const bool few_is_source = few_role == Role::source;
  const std::size_t width = many.size() + 1;
  std::size_t i = few.size();
  for (std::size_t j = many.size(); j > 0; --j) {
    if (i == 0 || is_paired_[i * width + j] == 0) {
      (few_is_source ? matches_.destination_only : matches_.missing).push_back(many[j - 1]);
      continue;
    }
    --i;
    if (few_is_source) {
      pair(few[i], many[j - 1]);
    } else {
      pair(many[j - 1], few[i]);
    }
  }
}

void Matcher::pair_equal_sizes_first() {
  std::vector<Position> source_rest, destination_rest;
  std::size_t j = 0;
  for (const Position i : distinct_source_) {
    const std::uint64_t size = source_.message_size(i);
    while (j < distinct_destination_.size() && destination_.message_size(distinct_destination_[j]) < size) {
      destination_rest.push_back(distinct_destination_[j++]);
    }
    if (j < distinct_destination_.size() && destination_.message_size(distinct_destination_[j]) == size) {
      pair(i, distinct_destination_[j++]);
    } else {
      source_rest.push_back(i);
    }
  }
  destination_rest.insert(destination_rest.end(), distinct_destination_.begin() + static_cast<std::ptrdiff_t>(j),
                          distinct_destination_.end());
  pair_in_order(source_rest, destination_rest);
}

[[maybe_unused]] bool all_identified(const MailboxIndex& index) {
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (!index.has_identity(i)) return false;
  }
  return true;
}

}  // namespace

Matches match(const MailboxIndex& source, const MailboxIndex& destination, bool keeps_duplicates) {
  assert(all_identified(source) && all_identified(destination));
  return Matcher(source, destination, keeps_duplicates).run();
}

}  // namespace imapferry::sync
