#include "sync/mailbox_index.hpp"

#include <algorithm>
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
  identities_[i] = entry.identity;
  sizes_[i] = entry.size;
  dates_[i] = entry.date;
  zones_[i] = static_cast<std::int16_t>(std::clamp(entry.zone_minutes, -1439, 1439));
  marks_[i] = entry.has_identity ? mark_identity : std::uint8_t{0};
  flags_[i] = *flag_set;
  total_bytes_ += entry.size;
  return true;
}

void MailboxIndex::append_empty(imap::proto::Uid uid) {
  // A quarter at a time: doubling would leave up to half of a large index unused.
  if (uids_.size() == uids_.capacity()) reserve(uids_.size() + uids_.size() / 4 + 16);
  if (is_sorted_ && !uids_.empty() && uid < uids_.back()) {
    is_sorted_ = false;
    for (std::size_t i = 0; i < uids_.size(); ++i) positions_.emplace(uids_[i], static_cast<std::uint32_t>(i));
  }
  if (!is_sorted_) positions_.emplace(uid, static_cast<std::uint32_t>(uids_.size()));
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
