// What an account's synchronisation does about mailboxes as a whole: creates, subscribes, lists and deletes them.
#include "sync/account_sync.hpp"
#include "sync/destination_mailboxes.hpp"
#include "sync/mailbox/mailbox_labels.hpp"
#include "sync/rights_sync.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

namespace {

// Commands of some 60 bytes, whose answers are read meanwhile.
constexpr std::size_t states_in_flight = 1000;

}  // namespace

awaitable<void> AccountSync::make_mailboxes(Lane& lane) {
  DestinationMailboxes mailboxes(context_, *lane.destination, map_, destination_names_);
  co_await mailboxes.create();
  const config::FolderRules& rules = context_.rules.folders;
  if (rules.subscribe || rules.subscribe_all) co_await mailboxes.subscribe();
  not_created_ = mailboxes.take_failures();
  if (!rules.copy_rights) co_return;
  std::vector<const MailboxPair*> pairs;
  std::set<std::string_view> destinations;  // of several sources the first one's rights count
  for (const MailboxPair& pair : map_.pairs) {
    if (not_created_.contains(pair.destination_wire)) continue;
    if (destinations.insert(pair.destination_wire).second) pairs.push_back(&pair);
  }
  RightsSync rights(context_, lane);
  co_await rights.run(pairs);
}

/// At the very end, and only of an account that came to it.
awaitable<void> AccountSync::delete_mailboxes() {
  if (context_.stop.is_requested || jobs_.failure()) co_return;
  const config::DeletionRules& rules = context_.rules.deletion;
  if (rules.destination_folders) co_await delete_superfluous();
  if (rules.empty_source_folders) co_await delete_empty();
}

awaitable<void> AccountSync::delete_superfluous() {
  const bool has_source = std::any_of(source_names_.mailboxes.begin(), source_names_.mailboxes.end(),
                                      [](const ListedMailbox& mailbox) { return mailbox.can_select(); });
  if (!has_source) {
    context_.observer.on(
        NotPossible{Side::source, "--delete2folders: the source lists no mailbox: nothing is deleted"});
    co_return;
  }
  // What could not be carried may have its only copy under another name there.
  if (jobs_.has_failures() || !not_created_.empty() || !map_.problems.empty()) {
    context_.observer.on(
        NotPossible{Side::destination, "--delete2folders: not every mailbox could be copied: no mailbox is deleted"});
    co_return;
  }
  core::Result<std::vector<ListedMailbox>> superfluous =
      superfluous_mailboxes(source_names_, destination_names_, map_, context_.rules.folders, context_.rules.deletion);
  if (!superfluous) throw core::Error(superfluous.error());
  DeletionOrder order(destination_names_, std::move(*superfluous));
  co_await delete_in(Side::destination, std::move(order), MailboxRemoval::Which::all);
}

awaitable<void> AccountSync::delete_empty() {
  DeletionOrder order(source_names_, deletable_when_empty(map_));
  co_await delete_in(Side::source, std::move(order), MailboxRemoval::Which::empty);
}

awaitable<void> AccountSync::delete_in(Side side, DeletionOrder order, MailboxRemoval::Which which) {
  if (order.is_done()) co_return;
  imap::Place place = co_await lanes_.pool(side).reserve();
  core::Failure failure;
  try {
    imap::Lease session(nullptr, std::move(place));
    co_await lanes_.open(side, session);
    MailboxRemoval removal(context_, side, *session);
    co_await removal.run(std::move(order), which);
    co_await session->logout();
    co_return;
  } catch (const core::Error& error) {
    failure = error.failure().within("deleting mailboxes");
  }
  failed_side_ = side;
  throw core::Error(failure);
}

/// False where they are not wanted. What only a preset asks for is left, with a word; what the user asks for by name
/// and cannot be had ends the account before anything is changed.
bool AccountSync::can_carry_labels(const Lane& lane) {
  const config::LabelRules& rules = context_.rules.labels;
  if (!rules.concern_labels()) return false;
  for (const Side side : {Side::source, Side::destination}) {
    const imap::Session& session = side == Side::source ? *lane.source : *lane.destination;
    if (session.has(imap::proto::Capability::gmail_extensions)) continue;
    std::string what = "the server has no labels as Gmail has them (X-GM-EXT-1)";
    if (!rules.is_demanded) {
      context_.observer.on(NotPossible{side, what + ": none are copied"});
      return false;
    }
    failed_side_ = side;
    const std::string_view option = rules.set_on_copies ? "--synclabels" : "--resynclabels";
    throw core::Error(core::Failure{core::Fault::usage, std::move(what), {}}.within(option).within(session.address()));
  }
  return true;
}

void AccountSync::name_labels() {
  const config::FolderRules& rules = context_.rules.folders;
  core::Result<LabelMap> labels = mailbox_labels(source_names_, destination_names_, map_, rules);
  if (!labels) throw core::Error(labels.error());
  label_names_.mailboxes = std::move(*labels);
  label_names_.source_root = label_root(rules.source_root, source_names_.name_space);
  label_names_.destination_root = label_root(rules.destination_root, destination_names_.name_space);
  jobs_.carry_labels(label_names_);
}

void AccountSync::tell_list(Side side) {
  MailboxesListed event;
  event.side = side;
  for (const ListedMailbox& mailbox : (side == Side::source ? source_names_ : destination_names_).mailboxes) {
    std::string notes;
    const auto add = [&notes](std::string_view note) { notes += (notes.empty() ? "" : ", ") + std::string(note); };
    if (!mailbox.can_select()) add("holds no messages");
    if (mailbox.is_subscribed) add("subscribed");
    if (!mailbox.special_use.empty()) add(mailbox.special_use);
    event.mailboxes.push_back({mailbox.name, std::move(notes)});
  }
  context_.observer.on(event);
}

/// Where LIST has not told, a STATUS for each, all in a few flights.
awaitable<void> AccountSync::find_empty(imap::Session& source) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::vector<ListedMailbox>& mailboxes = source_names_.mailboxes;
  for (std::size_t next = 0; next < mailboxes.size();) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < states_in_flight && next < mailboxes.size(); ++next) {
      if (!mailboxes[next].can_select() || source_states_.contains(mailboxes[next].wire)) continue;
      flight.spawn(ask_state(Side::source, source, mailboxes[next].wire));
      ++n;
    }
    co_await flight.join();
  }
  for (ListedMailbox& mailbox : mailboxes) {
    const auto found = source_states_.find(mailbox.wire);
    mailbox.is_empty = found != source_states_.end() && found->second.messages == 0;
  }
}

}  // namespace imapferry::sync
