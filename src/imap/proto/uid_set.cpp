#include "imap/proto/uid_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace imapferry::imap::proto {

namespace {

/// Whether a range that begins at `first` overlaps or touches one that ends at `last`. In 64 bits: UIDs go up to
/// 2^32-1.
bool reaches(Uid last, Uid first) noexcept { return std::uint64_t{last} + 1 >= first; }

void append_uid(std::string& out, Uid uid) {
  const fmt::format_int digits(uid);
  out.append(digits.data(), digits.size());
}

void append_range(std::string& out, const UidSet::Range& range) {
  append_uid(out, range.first);
  if (range.last == range.first) return;
  out += ':';
  append_uid(out, range.last);
}

/// nz-number: no sign, no leading zero, at most 2^32-1. Takes it off the front of `text`; 0 when there is none.
Uid take_uid(std::string_view& text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return 0;
  Uid uid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (error != std::errc{}) return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return uid;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Sorts and joins. Ranges from a server come in any order, and adding them one by one would be quadratic.
void normalise(std::vector<UidSet::Range>& ranges) {
  if (ranges.empty()) return;
  if (!std::is_sorted(ranges.begin(), ranges.end())) std::sort(ranges.begin(), ranges.end());
  auto kept = ranges.begin();
  for (auto next = kept + 1; next != ranges.end(); ++next) {
    if (reaches(kept->last, next->first)) {
      kept->last = std::max(kept->last, next->last);
    } else {
      *++kept = *next;
    }
  }
  ranges.erase(kept + 1, ranges.end());
}

} // namespace

UidSet UidSet::of(Uid first, Uid last) {
  UidSet set;
  set.add(first, last);
  return set;
}

void UidSet::add(Uid first, Uid last) {
  if (first > last) std::swap(first, last);
  if (last == 0) return;
  first = std::max(first, Uid{1});

  if (ranges_.empty() || !reaches(ranges_.back().last, first)) {
    ranges_.push_back(Range{first, last});
    return;
  }
  if (first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, last);
    return;
  }
  const auto begin = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [first](const Range& range) { return !reaches(range.last, first); });
  const auto end =
      std::partition_point(begin, ranges_.end(), [last](const Range& range) { return reaches(last, range.first); });
  if (begin == end) {
    ranges_.insert(begin, Range{first, last});
    return;
  }
  begin->first = std::min(begin->first, first);
  begin->last = std::max((end - 1)->last, last);
  ranges_.erase(begin + 1, end);
}

bool UidSet::contains(Uid uid) const noexcept {
  const auto range = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [uid](const Range& candidate) { return candidate.last < uid; });
  return range != ranges_.end() && range->first <= uid;
}

std::uint64_t UidSet::size() const noexcept {
  std::uint64_t size = 0;
  for (const Range& range : ranges_) size += std::uint64_t{range.last} - range.first + 1;
  return size;
}

std::string UidSet::to_string() const {
  std::string out;
  for (const Range& range : ranges_) {
    if (!out.empty()) out += ',';
    append_range(out, range);
  }
  return out;
}

std::vector<std::string> UidSet::to_strings(std::size_t max_length) const {
  std::vector<std::string> lines;
  std::string piece;
  for (const Range& range : ranges_) {
    piece.clear();
    append_range(piece, range);
    if (lines.empty() || lines.back().size() + 1 + piece.size() > max_length) {
      lines.push_back(piece);
    } else {
      lines.back() += ',';
      lines.back() += piece;
    }
  }
  return lines;
}

std::optional<UidSet> UidSet::parse(std::string_view text, std::size_t max_ranges) {
  UidSet set;
  do {
    if (set.ranges_.size() >= max_ranges) return std::nullopt;
    const Uid first = take_uid(text);
    const Uid last = take(text, ':') ? take_uid(text) : first;
    if (first == 0 || last == 0) return std::nullopt;
    set.ranges_.push_back(Range{std::min(first, last), std::max(first, last)});
  } while (take(text, ','));
  if (!text.empty()) return std::nullopt;
  normalise(set.ranges_);
  return set;
}

} // namespace imapferry::imap::proto
