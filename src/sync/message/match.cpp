#include "sync/message/match.hpp"

#include "sync/message/size_alignment.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
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

/// Whether there are several of one size; a group is in the order of sizes.
bool has_lookalikes(const MailboxIndex& index, Positions group) {
  const auto have_equal_size = [&index](Position a, Position b) {
    return index.message_size(a) == index.message_size(b);
  };
  return std::adjacent_find(group.begin(), group.end(), have_equal_size) != group.end();
}

class Matcher {
 public:
  Matcher(const MailboxIndex& source, const MailboxIndex& destination, MatchRules rules,
          std::span<const KnownCopy> known);

  Matches run();

 private:
  enum class Role { source, destination };

  const MailboxIndex& index_of(Role role) const { return role == Role::source ? source_ : destination_; }
  std::vector<bool>& is_paired(Role role) { return role == Role::source ? is_paired_source_ : is_paired_destination_; }
  [[nodiscard]] std::size_t unpaired_in(Role role, Positions group);

  void match_group(Positions source_group, Positions destination_group);
  void pair(Position source, Position destination);
  void pair_known(Positions source_group);
  void ask_for_contents(Positions source_group, Positions destination_group);
  [[nodiscard]] bool depends_on_contents(Positions source_group, Positions destination_group);
  void ask(Role role, Position i);
  void take_rest(Role role, Positions group, std::vector<Position>& rest);
  void pair_equal_contents();
  void set_orphans_aside();
  void pair_by_size();
  [[nodiscard]] bool is_refuted(Position source, Position destination) const;

  const MailboxIndex& source_;
  const MailboxIndex& destination_;
  MatchRules rules_;
  std::span<const KnownCopy> known_;
  std::vector<bool> is_paired_source_, is_paired_destination_;
  std::vector<bool> is_orphan_;  ///< by position on the destination: a copy of what has left the source
  Matches matches_;
  bool tells_copies_apart_ = false;  ///< of the group in work: it matters which on the destination are duplicates
  std::vector<Position> rest_source_, rest_destination_;  ///< of the group in work, by size, not paired yet
  std::vector<std::uint64_t> source_sizes_, destination_sizes_;
  SizeAlignment alignment_;
};

Matcher::Matcher(const MailboxIndex& source, const MailboxIndex& destination, MatchRules rules,
                 std::span<const KnownCopy> known)
    : source_(source), destination_(destination), rules_(rules), known_(known), is_paired_source_(source.size()),
      is_paired_destination_(destination.size()), is_orphan_(destination.size()) {
  for (const KnownCopy& copy : known_) {
    if (source_.find(copy.source) < source_.size()) continue;
    const std::size_t there = destination_.find(copy.destination);
    if (there < destination_.size()) is_orphan_[there] = true;
  }
}

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
       {&matches_.missing, &matches_.source_duplicates, &matches_.destination_duplicates, &matches_.destination_only,
        &matches_.unread_source, &matches_.unread_destination}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return std::move(matches_);
}

void Matcher::pair(Position source, Position destination) {
  matches_.pairs.push_back({source, destination});
  is_paired_source_[source] = true;
  is_paired_destination_[destination] = true;
}

std::size_t Matcher::unpaired_in(Role role, Positions group) {
  const std::vector<bool>& is_taken = is_paired(role);
  return static_cast<std::size_t>(
      std::count_if(group.begin(), group.end(), [&is_taken](Position i) { return !is_taken[i]; }));
}

void Matcher::match_group(Positions source_group, Positions destination_group) {
  // Nearly all groups are these.
  const bool is_plain = source_group.size() <= 1 && destination_group.size() <= 1;
  if (is_plain && destination_group.empty()) {
    matches_.missing.push_back(source_group.front());
    return;
  }
  if (is_plain && source_group.empty()) {
    matches_.destination_only.push_back(destination_group.front());
    return;
  }
  if (is_plain && !is_orphan_[destination_group.front()] &&
      !is_refuted(source_group.front(), destination_group.front())) {
    pair(source_group.front(), destination_group.front());
    return;
  }
  pair_known(source_group);
  tells_copies_apart_ = rules_.tells_destination_duplicates || unpaired_in(Role::source, source_group) > 0;
  ask_for_contents(source_group, destination_group);
  take_rest(Role::source, source_group, rest_source_);
  take_rest(Role::destination, destination_group, rest_destination_);
  pair_equal_contents();
  set_orphans_aside();
  pair_by_size();
}

void Matcher::pair_known(Positions source_group) {
  // Where copies of one message are to be deleted, a duplicate on the source has no claim to one.
  const bool claims_are_contested = rules_.tells_destination_duplicates && !rules_.keeps_duplicates;
  std::set<Content> seen;
  for (const Position i : source_group) {
    const Content* content = source_.content(i);
    const bool is_duplicate = content != nullptr && !seen.insert(*content).second;
    if (claims_are_contested && is_duplicate) continue;
    const imap::proto::Uid uid = source_.uid(i);
    const auto copy = std::lower_bound(known_.begin(), known_.end(), uid,
                                       [](const KnownCopy& one, imap::proto::Uid value) { return one.source < value; });
    if (copy == known_.end() || copy->source != uid) continue;
    const std::size_t there = destination_.find(copy->destination);
    const bool is_there = there < destination_.size() && !is_paired_destination_[there] &&
                          destination_.identity(there) == source_.identity(i);
    if (is_there) pair(i, static_cast<Position>(there));
  }
}

/// Whether the messages of a group can only be told apart by their contents.
bool Matcher::depends_on_contents(Positions source_group, Positions destination_group) {
  const bool has_lookalikes_there = has_lookalikes(destination_, destination_group);
  if (unpaired_in(Role::source, source_group) > 0) {
    return has_lookalikes_there || has_lookalikes(source_, source_group);
  }
  return has_lookalikes_there && rules_.tells_destination_duplicates && !rules_.keeps_duplicates;
}

void Matcher::ask(Role role, Position i) {
  if (index_of(role).content(i) != nullptr) return;
  (role == Role::source ? matches_.unread_source : matches_.unread_destination).push_back(i);
}

/// All of a group or none: sizes differ between servers, and what is equal is found by its content alone.
void Matcher::ask_for_contents(Positions source_group, Positions destination_group) {
  if (depends_on_contents(source_group, destination_group)) {
    for (const Position i : source_group) ask(Role::source, i);
    for (const Position i : destination_group) ask(Role::destination, i);
    return;
  }
  const auto asks_for_orphan = [this](Position i) { return is_orphan_[i] && !is_paired_destination_[i]; };
  const bool has_orphans = std::any_of(destination_group.begin(), destination_group.end(), asks_for_orphan);
  if (!has_orphans || rules_.changes_texts || unpaired_in(Role::source, source_group) == 0) return;
  for (const Position i : source_group) {
    if (!is_paired_source_[i]) ask(Role::source, i);
  }
  for (const Position i : destination_group) {
    if (asks_for_orphan(i)) ask(Role::destination, i);
  }
}

/// What is not paired yet, without duplicates.
void Matcher::take_rest(Role role, Positions group, std::vector<Position>& rest) {
  const MailboxIndex& index = index_of(role);
  const std::vector<bool>& is_taken = is_paired(role);
  std::vector<Position>& duplicates =
      role == Role::source ? matches_.source_duplicates : matches_.destination_duplicates;
  std::set<Content> seen;
  for (const Position i : group) {
    if (is_taken[i] && index.content(i) != nullptr) seen.insert(*index.content(i));
  }
  rest.clear();
  std::optional<std::uint64_t> last_size;
  for (const Position i : group) {
    const bool has_equal_size = last_size == index.message_size(i);
    last_size = index.message_size(i);
    if (is_taken[i]) continue;
    const Content* content = index.content(i);
    bool is_repeat = false;
    if (!rules_.keeps_duplicates && content != nullptr) {
      is_repeat = !seen.insert(*content).second;
    } else if (!rules_.keeps_duplicates && role == Role::destination && !tells_copies_apart_) {
      is_repeat = has_equal_size;  // nothing comes of it but a number
    }
    // Texts that the user has changed may have become equal: as many as the source has may be copies.
    const bool may_be_copy = role == Role::destination && rules_.changes_texts && rest.size() < rest_source_.size();
    (is_repeat && !may_be_copy ? duplicates : rest).push_back(i);
  }
}

void Matcher::pair_equal_contents() {
  std::multimap<Content, Position> there;
  for (const Position i : rest_destination_) {
    if (destination_.content(i) != nullptr) there.emplace(*destination_.content(i), i);
  }
  if (there.empty()) return;
  for (const Position i : rest_source_) {
    const Content* content = source_.content(i);
    if (content == nullptr) continue;
    const auto found = there.lower_bound(*content);
    if (found == there.end() || found->first != *content) continue;
    pair(i, found->second);
    there.erase(found);
  }
  std::erase_if(rest_source_, [this](Position i) { return is_paired_source_[i]; });
  std::erase_if(rest_destination_, [this](Position i) { return is_paired_destination_[i]; });
}

/// Copies of what has left the source are no copies of what is there.
void Matcher::set_orphans_aside() {
  if (rules_.changes_texts) return;
  std::erase_if(rest_destination_, [this](Position i) {
    if (is_orphan_[i]) matches_.destination_only.push_back(i);
    return is_orphan_[i];
  });
}

/// Whether two messages of equal size are known to say something else. Where sizes differ, the destination may have
/// changed what it stores, and contents tell nothing.
bool Matcher::is_refuted(Position source, Position destination) const {
  if (rules_.changes_texts || source_.message_size(source) != destination_.message_size(destination)) return false;
  const Content* here = source_.content(source);
  const Content* there = destination_.content(destination);
  return here != nullptr && there != nullptr && *here != *there;
}

void Matcher::pair_by_size() {
  source_sizes_.clear();
  destination_sizes_.clear();
  for (const Position i : rest_source_) source_sizes_.push_back(source_.message_size(i));
  for (const Position i : rest_destination_) destination_sizes_.push_back(destination_.message_size(i));
  for (const auto& [i, j] : alignment_.align(source_sizes_, destination_sizes_)) {
    if (!is_refuted(rest_source_[i], rest_destination_[j])) pair(rest_source_[i], rest_destination_[j]);
  }
  for (const Position i : rest_source_) {
    if (!is_paired_source_[i]) matches_.missing.push_back(i);
  }
  for (const Position i : rest_destination_) {
    if (!is_paired_destination_[i]) matches_.destination_only.push_back(i);
  }
}

[[maybe_unused]] bool all_identified(const MailboxIndex& index) {
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (!index.has_identity(i)) return false;
  }
  return true;
}

}  // namespace

Matches match(const MailboxIndex& source, const MailboxIndex& destination, MatchRules rules,
              std::span<const KnownCopy> known) {
  assert(all_identified(source) && all_identified(destination));
  return Matcher(source, destination, rules, known).run();
}

}  // namespace imapferry::sync
