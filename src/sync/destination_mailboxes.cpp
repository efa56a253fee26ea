#include "sync/destination_mailboxes.hpp"

#include "core/task_group.hpp"
#include "imap/proto/mailbox_name.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

/// Levels that are no mailboxes of their own are left to the server, which makes them as it sees fit; only above a
/// mailbox that it does not make they are created by name.
awaitable<void> DestinationMailboxes::create() {
  std::unordered_set<std::string_view> wanted;
  for (const MailboxPair& pair : map_.pairs) wanted.insert(pair.destination_wire);
  std::vector<std::string> mailboxes;
  std::vector<std::string> levels;
  for (const std::string& wire : map_.to_create) (wanted.contains(wire) ? mailboxes : levels).push_back(wire);
  co_await create_all(mailboxes);
  std::erase_if(levels, [this](const std::string& level) { return !is_above_a_failure(level); });
  if (!levels.empty()) {
    co_await create_all(levels);
    std::erase_if(mailboxes, [this](const std::string& wire) { return !failures_.contains(wire); });
    failures_.clear();
    co_await create_all(mailboxes);
  }
  for (const MailboxPair& pair : map_.pairs) {
    const auto failure = failures_.find(pair.destination_wire);
    if (failure == failures_.end()) continue;
    context_.observer.on(MailboxFailed{pair.source.name, pair.destination, failure->second});
  }
}

bool DestinationMailboxes::is_above_a_failure(const std::string& level) const {
  const std::string below = level + there_.name_space.delimiter;
  const auto first = failures_.lower_bound(below);
  return first != failures_.end() && first->first.starts_with(below);
}

awaitable<void> DestinationMailboxes::create_all(const std::vector<std::string>& wires) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup creations(executor);
  for (const std::string& wire : wires) creations.spawn(create_one(wire));
  co_await creations.join();
}

awaitable<void> DestinationMailboxes::create_one(std::string wire) {
  const auto use = map_.special_uses.find(wire);
  const std::string_view special_use = use == map_.special_uses.end() ? std::string_view() : use->second;
  const std::optional<core::Failure> failure = co_await session_.create(wire, special_use);
  if (failure) {
    failures_.emplace(wire, failure->within(name_of(Side::destination)));
  } else {
    context_.observer.on(MailboxCreated{imap::proto::from_wire(wire).utf8});
  }
}

awaitable<void> DestinationMailboxes::subscribe() {
  std::unordered_set<std::string_view> subscribed;
  for (const ListedMailbox& mailbox : there_.mailboxes) {
    if (mailbox.is_subscribed) subscribed.insert(mailbox.wire);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup subscriptions(executor);
  for (const MailboxPair& pair : map_.pairs) {
    const std::string& wire = pair.destination_wire;
    const bool is_wanted = context_.rules.folders.subscribe_all || pair.source.is_subscribed;
    if (!is_wanted || failures_.contains(wire) || !subscribed.insert(wire).second) continue;
    subscriptions.spawn(subscribe_one(pair));
  }
  co_await subscriptions.join();
}

awaitable<void> DestinationMailboxes::subscribe_one(const MailboxPair& pair) {
  const std::optional<core::Failure> failure = co_await session_.subscribe(pair.destination_wire);
  if (!failure) co_return;
  core::Failure told = failure->within(name_of(Side::destination));
  context_.observer.on(MailboxFailed{pair.source.name, pair.destination, std::move(told)});
}

}  // namespace imapferry::sync
