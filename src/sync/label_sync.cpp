#include "sync/label_sync.hpp"

#include "core/task_group.hpp"
#include "imap/proto/mailbox_name.hpp"
#include "sync/index_reader.hpp"
#include "sync/label_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::LabelChange;
using imap::proto::Uid;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;
// Commands of up to 7,000 bytes that need no answer to each other.
constexpr std::size_t commands_in_flight = 100;

}  // namespace

/// One command that gives a label to messages, or takes it away.
struct LabelSync::LabelCommand {
  LabelCommand(std::string_view what, LabelChange how, std::string uids)
      : label(what), change(how), set(std::move(uids)) {}
  std::string label;
  LabelChange change;
  std::string set;
};

/// Which labels could not be set.
struct LabelSync::LabelOutcome {
  struct Refusal {
    std::uint64_t messages = 0;
    core::Failure failure;
  };
  void refuse(const std::string& label, std::uint64_t messages, core::Failure failure) {
    Refusal& refusal = refused[label];
    refusal.messages += messages;
    refusal.failure = std::move(failure);
  }
  UidSet changed;
  std::map<std::string, Refusal> refused;
};

void LabelSync::fail(Side side, const core::Failure& failure) {
  pass_.fail(failure.within("labels").within(name_of(side)));
}

/// False, and told, when the server refuses.
awaitable<void> LabelSync::read(Side side, const UidSet& uids, LabelIndex& labels, bool& is_read) {
  const std::optional<core::Failure> failure =
      co_await read_labels(pass_.session(side), pass_.index(side), uids, labels);
  is_read = !failure;
  if (failure) fail(side, *failure);
}

/// Finds out what brings the labels of messages on both sides in line. They are asked for in every run: what is
/// remembered of messages does not hold them.
awaitable<void> LabelSync::plan() {
  if (names_ == nullptr || !pass_.context.rules.labels.bring_in_line || pass_.matches.pairs.empty()) co_return;
  UidSet here;
  UidSet there;
  for (const Matches::Pair& pair : pass_.matches.pairs) {
    here.add(pass_.now.source.uid(pair.source));
    there.add(pass_.now.destination.uid(pair.destination));
  }
  LabelIndex source(pass_.now.source.size());
  LabelIndex destination(pass_.now.destination.size());
  bool is_source_read = false;
  bool is_destination_read = false;
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup both(executor);
  both.spawn(read(Side::source, here, source, is_source_read));
  both.spawn(read(Side::destination, there, destination, is_destination_read));
  co_await both.join();
  if (!is_source_read || !is_destination_read) co_return;
  const LabelTranslator translate(*names_, pass_.pair.destination_wire);
  std::function<void()> work = [&] {
    plan_ = plan_replacements(pass_.matches.pairs, source, pass_.now.destination, destination, translate);
  };
  co_await pass_.context.worker.run(std::move(work));
}

void LabelSync::note_copied(std::span<const Batch::Item* const> items, std::span<const Uid> uids) {
  if (names_ == nullptr || !pass_.context.rules.labels.set_on_copies) return;
  for (std::size_t n = 0; n < items.size(); ++n) {
    pass_.memory.unlabelled.push_back({items[n]->uid, uids.empty() ? 0 : uids[n]});
  }
}

/// Gives copies the labels of their sources. Where the connection is lost on the way, the next attempt does it: what
/// was copied stays noted until then.
awaitable<void> LabelSync::set_on_copies() {
  if (pass_.memory.unlabelled.empty()) co_return;
  co_await find_unlabelled();
  UidSet uids;
  std::vector<LabelledCopy> copies;
  for (const MailboxMemory::Unlabelled& message : pass_.memory.unlabelled) {
    const std::size_t i = pass_.now.source.find(message.source);
    if (i == pass_.now.source.size()) continue;
    uids.add(message.source);
    copies.push_back({static_cast<std::uint32_t>(i), message.copy});
  }
  LabelIndex source(pass_.now.source.size());
  bool is_read = false;
  co_await read(Side::source, uids, source, is_read);
  if (is_read) {
    const LabelTranslator translate(*names_, pass_.pair.destination_wire);
    const LabelPlan plan = plan_additions(copies, source, translate);
    co_await set(plan);
  }
  pass_.memory.unlabelled.clear();
}

/// Where the destination does not tell the UIDs of what it takes, the copies are looked for.
awaitable<void> LabelSync::find_unlabelled() {
  std::vector<std::uint32_t> unidentified;
  bool has_unknown = false;
  for (const MailboxMemory::Unlabelled& message : pass_.memory.unlabelled) {
    if (message.copy != 0) continue;
    has_unknown = true;
    const std::size_t i = pass_.now.source.find(message.source);
    if (i < pass_.now.source.size() && !pass_.now.source.has_identity(i))
      unidentified.push_back(static_cast<std::uint32_t>(i));
  }
  if (!has_unknown) co_return;
  co_await identify(*pass_.lane.source, pass_.context.identity, pass_.now.source, unidentified);
  MailboxIndex arrived;
  const std::string range = fmt::format("{}:*", std::max<std::uint32_t>(pass_.memory.first_uid_next, 1));
  co_await read_index(*pass_.lane.destination, pass_.context.identity, range, IndexDepth::identified, 0, arrived);
  std::multimap<Identity, Uid> found;
  for (std::size_t i = 0; i < arrived.size(); ++i) found.emplace(arrived.identity(i), arrived.uid(i));
  for (MailboxMemory::Unlabelled& message : pass_.memory.unlabelled) {
    const std::size_t i = pass_.now.source.find(message.source);
    if (message.copy != 0 || i == pass_.now.source.size()) continue;
    const auto copy = found.find(pass_.now.source.identity(i));
    if (copy == found.end()) continue;
    message.copy = copy->second;
    found.erase(copy);
  }
  const std::size_t lost = std::erase_if(pass_.memory.unlabelled,
                                         [](const MailboxMemory::Unlabelled& message) { return message.copy == 0; });
  if (lost == 0) co_return;
  fail(Side::destination,
       core::Failure{Fault::labels, fmt::format("the copies of {} messages are not found", lost), {}});
}

/// A command for each label and as many messages as it takes; all of them in a few flights.
awaitable<void> LabelSync::set(const LabelPlan& plan) {
  if (plan.labels.empty()) co_return;
  pass_.has_changed_destination = true;
  LabelOutcome outcome;
  std::vector<LabelCommand> commands;
  for (const auto& [label, messages] : plan.labels) {
    if (!imap::proto::is_sendable_label(label)) {
      outcome.refuse(label, messages.added.size() + messages.removed.size(),
                     core::Failure{Fault::labels, "it has bytes that no command can carry", {}});
      continue;
    }
    for (std::string& set : messages.added.to_strings(longest_set)) {
      commands.emplace_back(label, LabelChange::add, std::move(set));
    }
    for (std::string& set : messages.removed.to_strings(longest_set)) {
      commands.emplace_back(label, LabelChange::remove, std::move(set));
    }
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::size_t next = 0; next < commands.size();) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < commands_in_flight && next < commands.size(); ++n, ++next) {
      flight.spawn(set_label(commands[next], outcome));
    }
    co_await flight.join();
  }
  if (!outcome.changed.empty()) pass_.context.observer.on(LabelsSet{pass_.pair.destination, outcome.changed.size()});
  for (const auto& [label, refusal] : outcome.refused) {
    const std::string name = core::printable(imap::proto::from_wire(label).utf8);
    fail(Side::destination, refusal.failure.within(fmt::format("\"{}\" of {} message{}", name, refusal.messages,
                                                               refusal.messages == 1 ? "" : "s")));
  }
}

awaitable<void> LabelSync::set_label(const LabelCommand& command, LabelOutcome& outcome) {
  const std::string item = imap::proto::label_item(command.change, command.label);
  std::optional<core::Failure> failure = co_await pass_.lane.destination->uid_store(command.set, item);
  const auto uids = UidSet::parse(command.set);
  if (failure) {
    if (failure->fault == Fault::flags) failure->fault = Fault::labels;
    outcome.refuse(command.label, uids->size(), *failure);
    co_return;
  }
  for (const UidSet::Range& range : uids->ranges()) outcome.changed.add(range.first, range.last);
}

}  // namespace imapferry::sync
