#include "sync/message/label_index.hpp"

#include "imap/proto/labels.hpp"

#include <algorithm>

namespace imapferry::sync {

bool LabelIndex::set(std::size_t i, std::span<const std::string_view> labels) {
  const imap::proto::LabelLess less;
  sorted_.assign(labels.begin(), labels.end());
  std::sort(sorted_.begin(), sorted_.end(), less);
  const auto is_same = [&less](std::string_view a, std::string_view b) { return !less(a, b) && !less(b, a); };
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), is_same), sorted_.end());
  auto found = numbers_.find(sorted_);
  if (found == numbers_.end()) {
    constexpr std::size_t around_it = 64;
    std::size_t bytes = around_it;
    for (const std::string_view label : sorted_) bytes += label.size() + around_it;
    if (bytes_ + bytes > most_bytes) return false;
    bytes_ += bytes;
    std::vector<std::string> set(sorted_.begin(), sorted_.end());
    found = numbers_.emplace(std::move(set), static_cast<std::uint32_t>(table_.size())).first;
    table_.push_back(&found->first);
  }
  sets_[i] = found->second;
  return true;
}

}  // namespace imapferry::sync
