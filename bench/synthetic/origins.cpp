#include "origins.hpp"

#include <utility>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::size_t most_origins = 5'000'000;

}  // namespace

std::optional<std::uint32_t> Origins::number_of(std::string_view folder) {
  // One message mostly comes from where its predecessor came from.
  if (last_ < mailboxes_.size() && mailboxes_[last_].folder() == folder) return last_;
  const auto known = numbers_.find(folder);
  if (known != numbers_.end()) return last_ = known->second;
  std::optional<MadeMailbox> mailbox = MadeMailbox::named(world_.shape, world_.book, folder);
  if (!mailbox || mailboxes_.size() >= most_origins) return std::nullopt;
  last_ = static_cast<std::uint32_t>(mailboxes_.size());
  mailboxes_.push_back(std::move(*mailbox));
  numbers_.emplace(mailboxes_.back().folder(), last_);
  return last_;
}

}  // namespace imapferry::bench::synthetic
