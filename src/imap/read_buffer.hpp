#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace imapferry::imap {

/// Bytes that were received and not yet consumed, contiguous.
///
///   storage:  | consumed | unconsumed: data() | free: prepare() |
///             0        begin_                end_             size
///
/// It begins small, since a run may hold thousands of connections, and grows while reads fill it.
class ReadBuffer {
 public:
  [[nodiscard]] std::span<const char> data() const noexcept { return {storage_.data() + begin_, end_ - begin_}; }

  /// Room for at least `at_least` bytes more. Moves the unconsumed bytes: views into data() die.
  std::span<char> prepare(std::size_t at_least);
  void commit(std::size_t received) noexcept;
  void consume(std::size_t bytes) noexcept;
  /// Throws everything away.
  void clear() noexcept;

 private:
  std::vector<char> storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool was_filled_ = false;
};

}  // namespace imapferry::imap
