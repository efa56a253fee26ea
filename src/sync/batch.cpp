#include "sync/batch.hpp"

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::FetchResponse;

namespace {

// RFC822.SIZE may be wrong; within this a batch simply grows, beyond it the message is taken out and copied by itself.
constexpr std::uint64_t tolerated_excess = 1 << 20;

}  // namespace

void Batch::add(Item item) {
  announced_bytes_ += item.size;
  items_.push_back(std::move(item));
}

std::string Batch::uid_set() const {
  imap::proto::UidSet uids;
  for (const Item& item : items_) {
    if (item.state == Item::State::expected) uids.add(item.uid);
  }
  return uids.to_string();
}

Batch::Item* Batch::find(imap::proto::Uid uid) {
  // Items are in ascending order of UID: the source's index is.
  const auto found = std::lower_bound(items_.begin(), items_.end(), uid,
                                      [](const Item& item, imap::proto::Uid wanted) { return item.uid < wanted; });
  return found != items_.end() && found->uid == uid ? &*found : nullptr;
}

BatchReader::BatchReader(Batch& batch, Admission is_wanted) : batch_(batch), is_wanted_(std::move(is_wanted)) {
  batch_.data_.reserve(batch_.announced_bytes());
}

bool BatchReader::accepts(const FetchResponse& fetch) const {
  // A response without its UID is an answer to the oldest FETCH in flight, which is asked first.
  return fetch.uid == 0 || batch_.find(fetch.uid) != nullptr;
}

imap::LiteralSink* BatchReader::literal_sink(const imap::proto::LiteralBegin& begin) {
  return begin.section.section.empty() ? this : nullptr;
}

bool BatchReader::has_room_for(std::uint64_t size) const {
  return batch_.data_.size() + size <= batch_.announced_bytes() + tolerated_excess;
}

awaitable<void> BatchReader::begin(const imap::proto::LiteralBegin& begin) {
  streamed_offset_ = batch_.data_.size();
  is_skipping_ = !has_room_for(begin.section.size);
  has_literal_ = true;
  co_return;
}

awaitable<void> BatchReader::write(std::string_view bytes) {
  if (!is_skipping_) batch_.data_ += bytes;
  co_return;
}

awaitable<void> BatchReader::end() { co_return; }

void BatchReader::on(const imap::proto::Response& response) {
  const auto* fetch = std::get_if<FetchResponse>(&response);
  if (fetch == nullptr) return;
  const auto body = std::find_if(fetch->sections.begin(), fetch->sections.end(),
                                 [](const auto& section) { return section.section.empty(); });
  if (body == fetch->sections.end()) return;
  Batch::Item* item = batch_.find(fetch->uid);
  const bool is_expected = item != nullptr && item->state == Batch::Item::State::expected;
  if (body->streamed) {
    // A literal that came before its UID may have gone to an older FETCH.
    if (!std::exchange(has_literal_, false)) return;
    if (is_expected && is_skipping_) {
      item->state = Batch::Item::State::oversized;
      item->size = body->size;
    } else if (is_expected) {
      arrived(*item, streamed_offset_, body->size);
    } else if (!is_skipping_) {
      batch_.data_.resize(streamed_offset_);
    }
    return;
  }
  if (!is_expected) return;
  if (body->nil) {
    item->state = Batch::Item::State::empty;
  } else if (!has_room_for(body->size)) {
    item->state = Batch::Item::State::oversized;
    item->size = body->size;
  } else {
    const std::size_t offset = batch_.data_.size();
    batch_.data_ += body->data;
    arrived(*item, offset, body->data.size());
  }
}

void BatchReader::arrived(Batch::Item& item, std::size_t offset, std::uint64_t size) {
  item.offset = offset;
  item.size = size;
  if (is_wanted_(item, batch_.bytes_of(item))) {
    item.state = Batch::Item::State::arrived;
  } else {
    item.state = Batch::Item::State::duplicate;
    batch_.data_.resize(offset);
  }
}

}  // namespace imapferry::sync
