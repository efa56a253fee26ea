#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::sync {

/// Gmail's labels of the messages of one mailbox, by their positions in its MailboxIndex: 4 bytes a message, and every
/// different set of labels once.
class LabelIndex {
 public:
  /// More bytes of different sets than this are no mailbox but an attack on our memory.
  static constexpr std::size_t most_bytes = 32u << 20;

  explicit LabelIndex(std::size_t messages) : sets_(messages, unknown) {}

  /// In any order; of labels that differ in their case only one counts. False, and nothing done, when there are too
  /// many different sets.
  bool set(std::size_t i, std::span<const std::string_view> labels);

  /// Whether the server has told the labels of this message. One without any has an empty set.
  [[nodiscard]] bool is_known(std::size_t i) const { return sets_[i] != unknown; }
  /// The number of a known message's set.
  [[nodiscard]] std::uint32_t number(std::size_t i) const { return sets_[i]; }
  /// The set with this number: sorted, without repeats.
  [[nodiscard]] const std::vector<std::string>& labels(std::uint32_t number) const { return *table_[number]; }

 private:
  static constexpr std::uint32_t unknown = UINT32_MAX;
  /// Finds a set without making strings of it.
  struct Less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                          [](std::string_view x, std::string_view y) { return x < y; });
    }
  };

  std::vector<std::uint32_t> sets_;
  std::map<std::vector<std::string>, std::uint32_t, Less> numbers_;
  std::vector<const std::vector<std::string>*> table_;  ///< keys of numbers_
  std::vector<std::string_view> sorted_;
  std::size_t bytes_ = 0;
};

}  // namespace imapferry::sync
