#include "imap/proto/refusal.hpp"
#include "sync/copier.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::CommandResult;
using Items = std::vector<const Batch::Item*>;

namespace {

// A message with which a connection breaks so often, whatever was in flight beside it, is refused. A line that breaks
// by itself does so with the same message once or twice.
constexpr unsigned most_strikes = 3;
// More messages than one APPEND ever has.
constexpr std::uint64_t most_appended = 1 << 20;

/// What APPENDUID (RFC 4315) says, in the order of the messages; empty where the server does not say it.
std::vector<imap::proto::Uid> appended_uids(const CommandResult& result) {
  std::vector<imap::proto::Uid> uids;
  const std::size_t space = result.argument.find(' ');
  if (result.code != "APPENDUID" || space == std::string::npos) return uids;
  const auto set = imap::proto::UidSet::parse(std::string_view(result.argument).substr(space + 1));
  if (!set || set->size() > most_appended) return uids;
  for (const auto& range : set->ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) uids.push_back(static_cast<imap::proto::Uid>(uid));
  }
  return uids;
}

}  // namespace

awaitable<void> Copier::append(const Batch& batch, Items items) {
  if (lane_.destination->has(imap::proto::Capability::multiappend) || items.size() == 1) {
    co_await append_halves(batch, items);
  } else {
    co_await append_one_by_one(batch, items);
  }
}

/// Sends items as one command. A refused batch is halved until the refused message stands alone.
awaitable<void> Copier::append_halves(const Batch& batch, const Items& items) {
  CommandResult result = co_await send(batch, items);
  for (unsigned attempt = 1; may_be_repeated(result) && attempt < patience; ++attempt) {
    co_await wait_to_retry(Side::destination, result, Fault::append, attempt);
    result = co_await send(batch, items);
  }
  context_.rate.heard(imap::proto::says_throttled(result), core::RateLimit::Clock::now());
  if (result.is_ok()) {
    confirm(items, result);
  } else if (items.size() == 1) {
    judge_refusal(batch, *items.front(), result);
  } else if (result.outcome == CommandResult::Outcome::bad && is_passing(result, Fault::append)) {
    throw core::Error(imap::proto::refusal(result, Fault::append, "APPEND").within(name_of(Side::destination)));
  } else if (result.outcome == CommandResult::Outcome::bad) {
    suspect(items, imap::proto::refusal(result, Fault::closed, "APPEND"));
  } else {
    const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
    const Items first(items.begin(), middle);
    const Items second(middle, items.end());
    co_await append_halves(batch, first);
    co_await append_halves(batch, second);
  }
}

/// Without MULTIAPPEND every message is a command of its own; all of them are in flight at once.
awaitable<void> Copier::append_one_by_one(const Batch& batch, const Items& items) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  for (const Batch::Item* item : items) tasks.spawn(append_single(batch, Items(1, item)));
  co_await tasks.join();
}

awaitable<void> Copier::append_single(const Batch& batch, Items single) { co_await append_halves(batch, single); }

bool Copier::would_prove(const Items& items) const {
  return std::any_of(items.begin(), items.end(),
                     [this](const auto* item) { return proof_.would_learn_from(item->meta); });
}

/// One command at a time proves arguments. Composed beside it, those that it proves would wait for the server each by
/// itself, and everything behind them: a round trip each.
awaitable<CommandResult> Copier::send(const Batch& batch, const Items& items) {
  core::Semaphore::Permit proving;
  if (would_prove(items)) {
    proving = co_await proving_.acquire();
    if (!would_prove(items)) proving.release();
  }
  std::vector<AppendItem> contents;
  contents.reserve(items.size());
  for (const Batch::Item* item : items) contents.push_back(AppendItem{&item->meta, batch.bytes_of(*item)});
  imap::proto::Command command =
      append_command(pair_.destination_wire, contents, proof_, lane_.destination->capabilities());
  core::Failure failure;
  try {
    CommandResult result = co_await lane_.destination->connection().execute(std::move(command));
    if (result.is_ok()) {
      for (const Batch::Item* item : items) proof_.prove(item->meta);
    }
    co_return result;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  if (memory_.to_go_alone > 0 && items.size() == 1) {
    if (++memory_.strikes[items.front()->uid] >= most_strikes) {
      refuse(*items.front(), header_of(batch.bytes_of(*items.front())),
             failure.within("the connection breaks with this message"));
    }
  }
  throw core::Error(failure);
}

void Copier::confirm(std::span<const Batch::Item* const> items, const CommandResult& result) {
  MessagesCopied event{pair_.source.name, pair_.destination, items.size(), 0, 0, {}};
  for (const Batch::Item* item : items) {
    event.bytes += item->size;
    event.biggest = std::max<std::uint64_t>(event.biggest, item->size);
    if (item->changed) memory_.changed.add(item->uid);
  }
  confirmed_ += items.size();
  memory_.copied += items.size();
  memory_.to_go_alone -= std::min(memory_.to_go_alone, items.size());
  if (memory_.to_go_alone == 0) kept_back_.release();
  std::vector<imap::proto::Uid> uids = appended_uids(result);
  if (uids.size() != items.size()) uids.clear();
  for (const imap::proto::Uid uid : uids) memory_.appended.add(uid);
  if (listener_) listener_(items, uids);
  if (context_.observer.wants_messages()) {
    event.each.reserve(items.size());
    for (std::size_t n = 0; n < items.size(); ++n) {
      event.each.push_back(CopiedMessage{items[n]->uid, uids.empty() ? 0 : uids[n], items[n]->size});
    }
  }
  context_.observer.on(event);
}

/// The connection was dropped because of one of these; next time each goes by itself.
void Copier::suspect(const Items& items, const core::Failure& failure) {
  for (const Batch::Item* item : items) memory_.alone.insert(item->uid);
  throw core::Error(failure);
}

void Copier::judge_refusal(const Batch& batch, const Batch::Item& item, const CommandResult& result) {
  judge_refusal(item, header_of(batch.bytes_of(item)), result);
}

void Copier::judge_refusal(const Batch::Item& item, std::string_view header, const CommandResult& result) {
  core::Failure failure = imap::proto::refusal(result, Fault::append, "APPEND").within(name_of(Side::destination));
  // The connection is gone with a BAD; the message is as good as before.
  if (result.outcome == CommandResult::Outcome::bad && failure.fault == Fault::unavailable) throw core::Error(failure);
  refuse(item, header, failure);
  // No other message would fare better; what is left is told with the mailbox.
  if (failure.fault == Fault::quota) throw core::Error(failure);
  if (result.outcome == CommandResult::Outcome::bad) {
    failure.fault = Fault::closed;
    throw core::Error(failure);
  }
}

}  // namespace imapferry::sync
