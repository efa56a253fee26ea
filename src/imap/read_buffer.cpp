#include "imap/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace imapferry::imap {

namespace {

constexpr std::size_t initial_size = 8 << 10;
// Larger reads than this save no system calls that would show.
constexpr std::size_t largest_voluntary_size = 128 << 10;

}  // namespace

std::span<char> ReadBuffer::prepare(std::size_t at_least) {
  const std::size_t kept = end_ - begin_;
  std::size_t wanted = std::max(storage_.size(), initial_size);
  if (was_filled_) wanted = std::max(wanted, std::min(wanted * 2, largest_voluntary_size));
  // A literal that was announced is read in as few calls as possible; the parser bounds how much it asks for. A long
  // line tells nothing of its end: the buffer doubles, or every read would move it for a single byte.
  if (kept + at_least > wanted) wanted = std::max(kept + at_least, 2 * kept);
  if (wanted > storage_.size()) {
    std::vector<char> larger(wanted);
    if (kept > 0) std::memcpy(larger.data(), storage_.data() + begin_, kept);
    storage_.swap(larger);
  } else if (begin_ > 0 && kept > 0) {
    std::memmove(storage_.data(), storage_.data() + begin_, kept);
  }
  begin_ = 0;
  end_ = kept;
  was_filled_ = false;
  return {storage_.data() + end_, storage_.size() - end_};
}

void ReadBuffer::commit(std::size_t received) noexcept {
  end_ += received;
  was_filled_ = end_ == storage_.size();
}

void ReadBuffer::consume(std::size_t bytes) noexcept {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = 0;
}

void ReadBuffer::clear() noexcept { begin_ = end_ = 0; }

}  // namespace imapferry::imap
