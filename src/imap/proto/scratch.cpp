#include "imap/proto/scratch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace imapferry::imap::proto {

namespace {
constexpr std::size_t smallest_block = 4 << 10;
// One response may have needed much; a connection that then idles should not hold on to it.
constexpr std::size_t largest_kept_block = 128 << 10;
}  // namespace

char* Scratch::take(std::size_t size) {
  if (blocks_.empty() || blocks_.back().size - used_ < size) {
    const std::size_t doubled =
        blocks_.empty() ? smallest_block : std::min(2 * blocks_.back().size, largest_kept_block);
    const std::size_t block = std::max(doubled, size);
    Block fresh;
    fresh.bytes.reset(new char[block]);  // make_unique would clear it
    fresh.size = block;
    blocks_.push_back(std::move(fresh));
    used_ = 0;
  }
  char* taken = blocks_.back().bytes.get() + used_;
  used_ += size;
  return taken;
}

std::string_view Scratch::keep(std::string_view text) {
  if (text.empty()) return {};
  char* copy = take(text.size());
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Scratch::clear() noexcept {
  used_ = 0;
  if (blocks_.empty()) return;
  if (blocks_.size() > 1) {
    std::swap(blocks_.front(), blocks_.back());
    blocks_.resize(1);
  }
  if (blocks_.front().size > largest_kept_block) blocks_.clear();
}

}  // namespace imapferry::imap::proto
