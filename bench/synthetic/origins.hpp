#pragma once

#include "message.hpp"
#include "world.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace imapferry::bench::synthetic {

/// The mailboxes of the source that a sink has met, each made once and then named by a number.
class Origins {
 public:
  explicit Origins(const World& world) : world_(world) {}

  /// Nothing for what is no mailbox of this world, or one too many.
  [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view folder);
  [[nodiscard]] const MadeMailbox& at(std::uint32_t number) const { return mailboxes_[number]; }

 private:
  const World& world_;
  std::deque<MadeMailbox> mailboxes_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;  // keys lie in mailboxes_
  std::uint32_t last_ = 0;
};

}  // namespace imapferry::bench::synthetic
