#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace imapferry::imap::proto {

/// Memory for the text of one response that cannot stay where the caller has it: unescaped strings, and what surrounds
/// a streamed literal. Bytes never move, so views of them hold until clear(); the memory is used again after it.
class Scratch {
 public:
  /// Room for `size` bytes.
  [[nodiscard]] char* take(std::size_t size);
  /// A copy of `text`.
  [[nodiscard]] std::string_view keep(std::string_view text);
  void clear() noexcept;

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;  // only the last one has room
  std::size_t used_ = 0;       // of the last block
};

}  // namespace imapferry::imap::proto
