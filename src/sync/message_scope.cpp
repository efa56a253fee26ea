#include "sync/message_scope.hpp"

#include "sync/index_reader.hpp"
#include "sync/message/message_selection.hpp"

#include <string>
#include <utility>
#include <vector>

namespace imapferry::sync {

using boost::asio::awaitable;

awaitable<void> MessageScope::read(Side side, imap::Session& session, MailboxIndex& index) {
  const std::string criteria = search_criteria(rules_, rules_of(side), now_);
  if (!criteria.empty()) {
    core::Result<imap::proto::UidSet> found = co_await session.search(criteria);
    if (!found) throw core::Error(found.error().within(name_of(side)));
    (side == Side::source ? source_found_ : destination_found_) = std::move(*found);
  }
  if (!selects_by_arrival(rules_, rules_of(side))) co_return;
  // Dates are not remembered.
  std::vector<std::uint32_t> undated;
  for (std::uint32_t i = 0; i < index.size(); ++i) {
    if (index.date(i) == MailboxIndex::no_date) undated.push_back(i);
  }
  co_await read_dates(session, index, undated);
}

bool MessageScope::is_whole(Side side) const noexcept {
  const auto& found = side == Side::source ? source_found_ : destination_found_;
  return !found && !selects_by_arrival(rules_, rules_of(side));
}

bool MessageScope::has(Side side, const MailboxIndex& index, std::uint32_t i) const {
  const auto& found = side == Side::source ? source_found_ : destination_found_;
  if (found && !found->contains(index.uid(i))) return false;
  return !selects_by_arrival(rules_, rules_of(side)) || has_right_age(rules_, index.date(i), now_);
}

MessageScope::LeftOut MessageScope::narrow(Matches& matches, const MailboxIndex& source,
                                           const MailboxIndex& destination) const {
  LeftOut left;
  const auto is_outside = [&](Side side, const MailboxIndex& index) {
    return [this, side, &index](std::uint32_t i) { return !has(side, index, i); };
  };
  std::erase_if(matches.missing, [&](std::uint32_t i) {
    const bool is_wanted =
        (is_whole(Side::source) || has(Side::source, source, i)) && has_right_size(rules_, source.message_size(i));
    if (!is_wanted) {
      ++left.messages;
      left.bytes += source.message_size(i);
    }
    return !is_wanted;
  });
  if (!is_whole(Side::source)) {
    std::erase_if(matches.source_duplicates, is_outside(Side::source, source));
    std::erase_if(matches.pairs, [&](const Matches::Pair& pair) { return !has(Side::source, source, pair.source); });
  }
  if (!is_whole(Side::destination)) {
    std::erase_if(matches.destination_duplicates, is_outside(Side::destination, destination));
    std::erase_if(matches.destination_only, is_outside(Side::destination, destination));
  }
  return left;
}

}  // namespace imapferry::sync
