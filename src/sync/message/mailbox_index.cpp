#include "sync/message/mailbox_index.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <type_traits>
#include <utility>

namespace imapferry::sync {

namespace {

bool is_identical(const imap::proto::Flags& a, const imap::proto::Flags& b) {
  return a.system == b.system && a.keywords == b.keywords && a.unknown == b.unknown;
}

/// Tells any two sets of flags apart: no flag holds a blank or a line end.
std::string key_of(const imap::proto::Flags& flags) {
  std::string key(1, static_cast<char>(flags.system));
  for (const std::string& keyword : flags.keywords) (key += keyword) += ' ';
  for (const std::string& unknown : flags.unknown) (key += '\n') += unknown;
  return key;
}

template <class T>
std::size_t bytes_of(const std::vector<T>& values) {
  return values.capacity() * sizeof(T);
}

}  // namespace

bool MailboxIndex::add(const Entry& entry, const imap::proto::Flags& flags) {
  const std::optional<std::uint32_t> flag_set = intern(flags, flags_.empty() ? 0 : flags_.back());
  if (!flag_set) return false;
  std::size_t i = uids_.size();
  if (!is_sorted_ || (!uids_.empty() && entry.uid <= uids_.back())) i = find(entry.uid);
  if (i == uids_.size()) {
    append_empty(entry.uid);
  } else {
    total_bytes_ -= sizes_[i];
  }
  set(i, entry, *flag_set);
  return true;
}

void MailboxIndex::set(std::size_t i, const Entry& entry, std::uint32_t flag_set) {
  identities_[i] = entry.identity;
  sizes_[i] = entry.size;
  marks_[i] = entry.has_identity ? mark_identity : std::uint8_t{0};
  flags_[i] = flag_set;
  total_bytes_ += entry.size;
  set_date(i, entry.date, entry.zone_minutes);
}

void MailboxIndex::set_date(std::size_t i, std::int64_t date, int zone_minutes) {
  dates_[i] = date;
  zones_[i] = static_cast<std::int16_t>(std::clamp(zone_minutes, -1439, 1439));
}

bool MailboxIndex::set_flags(std::size_t i, const imap::proto::Flags& flags) {
  const std::optional<std::uint32_t> flag_set = intern(flags, flags_[i]);
  if (flag_set) flags_[i] = *flag_set;
  return flag_set.has_value();
}

void MailboxIndex::append(const Entry& entry, std::uint32_t flag_set) {
  make_room();
  push_empty(entry.uid);
  set(uids_.size() - 1, entry, flag_set);
}

void MailboxIndex::order() {
  if (is_sorted_ && std::adjacent_find(uids_.begin(), uids_.end(), std::greater_equal<>()) == uids_.end()) return;
  std::vector<std::uint32_t> positions(uids_.size());
  std::iota(positions.begin(), positions.end(), 0U);
  const auto is_before = [this](std::uint32_t a, std::uint32_t b) { return uids_[a] < uids_[b]; };
  if (!std::is_sorted(positions.begin(), positions.end(), is_before)) {
    std::stable_sort(positions.begin(), positions.end(), is_before);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const bool is_last = i + 1 == positions.size() || uids_[positions[i]] != uids_[positions[i + 1]];
    if (is_last) positions[kept++] = positions[i];
  }
  positions.resize(kept);
  keep(positions);
}

bool MailboxIndex::absorb(const MailboxIndex& other) {
  std::vector<std::uint32_t> numbers;
  for (const imap::proto::Flags& flags : other.flag_table_) {
    const std::optional<std::uint32_t> number = intern(flags, 0);
    if (!number) return false;
    numbers.push_back(*number);
  }
  for (std::size_t i = 0; i < other.size(); ++i) {
    append(Entry{other.uid(i), other.identity(i), other.has_identity(i), other.message_size(i), other.date(i),
                 other.zone_minutes(i)},
           numbers[other.flag_set(i)]);
  }
  for (const auto& [uid, content] : other.contents_) contents_[uid] = content;
  if (!other.empty()) order();
  return true;
}

void MailboxIndex::erase(const imap::proto::UidSet& uids) {
  if (uids.empty()) return;
  std::erase_if(contents_, [&uids](const auto& content) { return uids.contains(content.first); });
  std::vector<std::uint32_t> positions;
  positions.reserve(uids_.size());
  for (std::size_t i = 0; i < uids_.size(); ++i) {
    if (!uids.contains(uids_[i])) positions.push_back(static_cast<std::uint32_t>(i));
  }
  if (positions.size() < uids_.size()) keep(positions);
}

void MailboxIndex::keep(const std::vector<std::uint32_t>& positions) {
  const auto arrange = [&positions](auto& values) {
    std::remove_reference_t<decltype(values)> kept;
    kept.reserve(positions.size());
    for (const std::uint32_t i : positions) kept.push_back(values[i]);
    values = std::move(kept);
  };
  arrange(uids_);
  arrange(identities_);
  arrange(sizes_);
  arrange(dates_);
  arrange(zones_);
  arrange(marks_);
  arrange(flags_);
  total_bytes_ = std::accumulate(sizes_.begin(), sizes_.end(), std::uint64_t{0});
  positions_.clear();
  is_sorted_ = std::is_sorted(uids_.begin(), uids_.end());
  if (is_sorted_) return;
  for (std::size_t i = 0; i < uids_.size(); ++i) positions_.emplace(uids_[i], static_cast<std::uint32_t>(i));
}

/// A quarter at a time: doubling would leave up to half of a large index unused.
void MailboxIndex::make_room() {
  if (uids_.size() == uids_.capacity()) reserve(uids_.size() + uids_.size() / 4 + 16);
}

void MailboxIndex::append_empty(imap::proto::Uid uid) {
  make_room();
  if (is_sorted_ && !uids_.empty() && uid < uids_.back()) {
    is_sorted_ = false;
    for (std::size_t i = 0; i < uids_.size(); ++i) positions_.emplace(uids_[i], static_cast<std::uint32_t>(i));
  }
  if (!is_sorted_) positions_.emplace(uid, static_cast<std::uint32_t>(uids_.size()));
  push_empty(uid);
}

void MailboxIndex::push_empty(imap::proto::Uid uid) {
  uids_.push_back(uid);
  identities_.emplace_back();
  sizes_.push_back(0);
  dates_.push_back(no_date);
  zones_.push_back(0);
  marks_.push_back(0);
  flags_.push_back(0);
}

void MailboxIndex::set_identity(std::size_t i, const Identity& identity) {
  identities_[i] = identity;
  marks_[i] |= mark_identity;
}

const Content* MailboxIndex::content(std::size_t i) const {
  if (contents_.empty()) return nullptr;
  const auto found = contents_.find(uids_[i]);
  return found == contents_.end() ? nullptr : &found->second;
}

void MailboxIndex::reserve(std::size_t messages) {
  uids_.reserve(messages);
  identities_.reserve(messages);
  sizes_.reserve(messages);
  dates_.reserve(messages);
  zones_.reserve(messages);
  marks_.reserve(messages);
  flags_.reserve(messages);
}

std::size_t MailboxIndex::find(imap::proto::Uid uid) const {
  if (!is_sorted_) {
    const auto found = positions_.find(uid);
    return found == positions_.end() ? uids_.size() : found->second;
  }
  const auto found = std::lower_bound(uids_.begin(), uids_.end(), uid);
  return found != uids_.end() && *found == uid ? static_cast<std::size_t>(found - uids_.begin()) : uids_.size();
}

std::size_t MailboxIndex::memory() const noexcept {
  return bytes_of(uids_) + bytes_of(identities_) + bytes_of(sizes_) + bytes_of(dates_) + bytes_of(zones_) +
         bytes_of(marks_) + bytes_of(flags_);
}

std::optional<std::uint32_t> MailboxIndex::intern(const imap::proto::Flags& flags, std::uint32_t likely) {
  if (likely < flag_table_.size() && is_identical(flag_table_[likely], flags)) return likely;
  std::string key = key_of(flags);
  const auto found = flag_ids_.find(key);
  if (found != flag_ids_.end()) return found->second;
  if (flag_table_.size() == most_flag_sets) return std::nullopt;
  flag_table_.push_back(flags);
  const auto number = static_cast<std::uint32_t>(flag_table_.size() - 1);
  flag_ids_.emplace(std::move(key), number);
  return number;
}

}  // namespace imapferry::sync
