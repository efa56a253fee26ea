#include "sync/copier.hpp"

#include "core/pause.hpp"
#include "imap/proto/header_date.hpp"
#include "imap/proto/refusal.hpp"
#include "sync/header_field.hpp"
#include "sync/large_message.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;
using imap::proto::CommandResult;
using Items = std::vector<const Batch::Item*>;
using namespace std::chrono_literals;

namespace {

// A text, what becomes of it, and what is in between.
constexpr std::size_t texts_held_by_change = 3;
// What a streamed message needs: a chunk on each side.
constexpr std::size_t streamed_message_memory = 256 << 10;
// A message with which a connection breaks so often, whatever was in flight beside it, is refused. A line that breaks
// by itself does so with the same message once or twice.
constexpr unsigned most_strikes = 3;
constexpr unsigned patience = 4;
// More messages than one APPEND ever has.
constexpr std::uint64_t most_appended = 1 << 20;

/// Whether a server asks to come back later rather than refuses the message.
bool is_passing(const CommandResult& result, Fault fallback) {
  const bool is_refusal = result.outcome == CommandResult::Outcome::no || result.outcome == CommandResult::Outcome::bad;
  return is_refusal && imap::proto::fault_of(result.code, result.text, fallback) == Fault::unavailable;
}

/// The same for an APPEND on a connection that is still there: it is not after a BAD.
bool may_be_repeated(const CommandResult& append) {
  return append.outcome == CommandResult::Outcome::no && is_passing(append, Fault::append);
}

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

bool SeenMessages::insert(std::uint32_t position) {
  constexpr std::uint32_t empty = UINT32_MAX;
  // At most three quarters full.
  if (slots_.empty()) slots_.resize(std::bit_ceil(index_.size() + index_.size() / 3 + 1), empty);
  const Identity& identity = index_.identity(position);
  const std::uint64_t size = index_.message_size(position);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = identity.bits[0] & mask;
  for (; slots_[at] != empty; at = (at + 1) & mask) {
    if (index_.identity(slots_[at]) == identity && index_.message_size(slots_[at]) == size) return false;
  }
  slots_[at] = position;
  return true;
}

Copier::Copier(const Context& context, Lane& lane, const MailboxPair& pair, MailboxIndex& index,
               const FlagTranslator& translate, MailboxMemory& memory)
    : context_(context), lane_(lane), pair_(pair), index_(index), translate_(translate), memory_(memory),
      in_flight_(context.limits.batches_in_flight), seen_(index) {
  if (memory_.to_go_alone > 0) kept_back_ = in_flight_.try_acquire(context.limits.batches_in_flight - 1);
  if (context.rules.messages.concern_texts()) changer_.emplace(context, pair);
}

Batch::Item Copier::item_at(std::uint32_t position) {
  MessageMeta meta;
  meta.date = MailboxIndex::no_date;
  std::vector<std::string> left_out;
  const imap::proto::Uid uid = index_.uid(position);
  meta.flags = translate_(index_.flags(position), &left_out);
  if (!context_.rules.selection.leaves_dates) {
    meta.date = index_.date(position);
    meta.zone_minutes = index_.zone_minutes(position);
  }
  for (const std::string& flag : left_out) {
    if (!memory_.told_flags.insert(flag).second) continue;
    context_.observer.on(MessageChanged{pair_.source.name, pair_.destination, uid,
                                        fmt::format("flag {} cannot be held there", core::printable(flag))});
  }
  return Batch::Item(position, uid, index_.message_size(position), std::move(meta));
}

bool Copier::goes_alone(const Batch::Item& item) const {
  // An empty literal inside a MULTIAPPEND would cancel it (RFC 3502 section 6.3.11).
  return memory_.to_go_alone > 0 || item.size == 0 || memory_.alone.contains(item.uid);
}

bool Copier::is_full(const Batch& batch, const core::RateLimit::Portion& portion) const {
  return batch.items().size() >= std::min<std::uint64_t>(context_.limits.batch_messages, portion.messages);
}

/// The next messages that fit into one batch; null for a message that is larger than a batch.
std::unique_ptr<Batch> Copier::next_batch(std::span<const std::uint32_t> positions, std::size_t& next) {
  auto batch = std::make_unique<Batch>();
  const core::RateLimit::Portion portion = context_.rate.next_portion();
  while (next < positions.size() && !is_full(*batch, portion)) {
    const std::uint32_t position = positions[next];
    if (memory_.is_settled(index_.uid(position))) {
      ++next;
      continue;
    }
    Batch::Item item = item_at(position);
    if (changer_ && is_too_large_to_change(item)) {
      ++next;
      continue;
    }
    const bool is_alone = goes_alone(item) || item.size > context_.limits.batch_bytes;
    const std::uint64_t room = std::min<std::uint64_t>(context_.limits.batch_bytes, portion.bytes);
    const bool has_no_room = batch->announced_bytes() + item.size > room;
    if (!batch->items().empty() && (is_alone || has_no_room)) break;
    batch->add(std::move(item));
    ++next;
    if (is_alone) break;
  }
  return batch;
}

/// Waits as long as the limits of how fast is copied, or the server's wish for peace, demand. False when the user
/// stops.
awaitable<bool> Copier::await_turn(const Batch& batch) {
  using Clock = core::RateLimit::Clock;
  const auto turn = context_.rate.begin(batch.items().size(), batch.announced_bytes(), Clock::now());
  while (!context_.stop.is_requested && !must_stop_) {
    const auto left = context_.rate.left_of(turn, Clock::now());
    if (left <= 0ms) co_return true;
    // In slices: the user may stop, or lift the limits.
    co_await core::pause(std::min<std::chrono::milliseconds>(left, 200ms));
  }
  co_return false;
}

awaitable<bool> Copier::copy(std::span<const std::uint32_t> positions) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  std::size_t next = 0;
  while (next < positions.size() && !context_.stop.is_requested && !must_stop_) {
    const std::size_t before = next;
    std::unique_ptr<Batch> batch = next_batch(positions, next);
    if (batch->items().empty()) break;
    // While nothing is held that others wait for.
    const bool may_begin = co_await await_turn(*batch);
    if (!may_begin) {
      next = before;
      break;
    }
    core::Semaphore::Permit place = co_await in_flight_.acquire();
    const std::size_t memory = memory_for(*batch);
    batch->memory = co_await context_.memory.acquire(memory);
    batch->place = std::move(place);
    if (must_stop_) break;
    tasks.spawn(carry(std::move(batch)));
  }
  co_await tasks.join();
  co_return next == positions.size();
}

bool Copier::is_wanted(Batch::Item& item, std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) {
    context_.observer.on(MessageChanged{pair_.source.name, pair_.destination, item.uid,
                                        "NUL bytes, which a server may change or refuse"});
  }
  if (context_.rules.selection.dates_from_header) {
    if (const auto date = imap::proto::parse_header_date(header_field(header_of(bytes), "date"))) {
      item.meta.date = date->unix_seconds;
      item.meta.zone_minutes = date->zone_minutes;
    }
  }
  if (!tells_duplicates_) return true;
  const IdentityResult found = identity_of_header(context_.identity, header_of(bytes));
  index_.set_identity(item.position, found.identity);
  if (seen_.insert(item.position)) return true;
  context_.observer.on(DuplicatesSkipped{pair_.source.name, 1});
  return false;
}

awaitable<void> Copier::carry(std::unique_ptr<Batch> batch) {
  core::Failure failure;
  try {
    if (batch->announced_bytes() > context_.limits.batch_bytes && !changer_) {
      co_await carry_large(batch->items().front());
      co_return;
    }
    co_await carry_gathered(*batch);
    co_await carry_oversized(*batch);
    co_return;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  must_stop_ = true;
  note_unheard(*batch);
  throw core::Error(failure);
}

awaitable<void> Copier::carry_gathered(Batch& batch) {
  co_await fetch(batch);
  if (changer_) co_await change(batch);
  Items arrived;
  for (const Batch::Item& item : batch.items()) {
    if (item.state == Batch::Item::State::arrived) arrived.push_back(&item);
  }
  if (!arrived.empty()) co_await append(batch, arrived);
}

/// Those that turned out to be much larger than the source had said.
awaitable<void> Copier::carry_oversized(Batch& batch) {
  for (const Batch::Item& item : batch.items()) {
    if (item.state != Batch::Item::State::oversized) continue;
    if (!changer_) {
      co_await carry_large(item);
      continue;
    }
    if (is_too_large_to_change(item)) continue;
    // What this batch held is not needed any more, and must not be held while it waits for more.
    batch.memory.release();
    Batch alone;
    alone.add(Batch::Item(item.position, item.uid, item.size, item.meta));
    const std::size_t memory = memory_for(alone);
    alone.memory = co_await context_.memory.acquire(memory);
    co_await carry_gathered(alone);
  }
}

std::size_t Copier::memory_for(const Batch& batch) const {
  if (changer_) return std::max<std::size_t>(texts_held_by_change * batch.announced_bytes(), 1);
  if (batch.announced_bytes() > context_.limits.batch_bytes) return streamed_message_memory;
  return std::max<std::size_t>(batch.announced_bytes(), 1);
}

bool Copier::is_too_large_to_change(const Batch::Item& item) {
  const std::size_t most = changer_->largest();
  if (item.size <= most) return false;
  refuse(item, {},
         core::Failure{
             Fault::append,
             fmt::format("it is larger than {} bytes, the most that is changed on the way; --memory raises it", most),
             {}});
  return true;
}

/// Applies the rules. What is left out or cannot be changed is told, and goes no further.
awaitable<void> Copier::change(Batch& batch) {
  std::vector<ChangingMessage> messages = co_await changer_->change(batch);
  for (ChangingMessage& message : messages) {
    Batch::Item& item = *batch.find(message.uid);
    switch (message.fate) {
    case ChangingMessage::Fate::left_out:
      item.state = Batch::Item::State::left_out;
      memory_.left_out.insert(item.uid);
      context_.observer.on(
          MessagesSkipped{pair_.source.name, pair_.destination, 1, item.size, std::move(message.reason)});
      break;
    case ChangingMessage::Fate::refused:
      item.state = Batch::Item::State::spoilt;
      refuse(item, header_of(batch.bytes_of(item)), std::move(message.failure));
      break;
    case ChangingMessage::Fate::goes_on:
      if (message.changed_by.empty()) break;
      item.changed = std::make_shared<const std::string>(std::move(message.text));
      item.size = item.changed->size();
      context_.observer.on(
          MessageChanged{pair_.source.name, pair_.destination, item.uid, "as asked for by " + message.changed_by});
      break;
    }
  }
}

void Copier::note_unheard(const Batch& batch) {
  for (const Batch::Item& item : batch.items()) {
    if (index_.has_identity(item.position)) memory_.unheard.insert(index_.identity(item.position));
    if (item.changed) memory_.unheard.insert(identity_of_header(context_.identity, header_of(*item.changed)).identity);
  }
}

/// One command for all that has not arrived yet.
awaitable<CommandResult> Copier::fetch_expected(Batch& batch) {
  BatchReader reader(batch, [this](Batch::Item& item, std::string_view bytes) { return is_wanted(item, bytes); });
  const std::string uids = batch.uid_set();
  CommandResult result = co_await lane_.source->uid_fetch(uids, "(UID BODY.PEEK[])", reader);
  context_.rate.heard(imap::proto::says_throttled(result), core::RateLimit::Clock::now());
  co_return result;
}

/// Tells that a server wants us to come back later, and waits so long, or as long as it says.
awaitable<void> Copier::wait_to_retry(Side side, const CommandResult& result, Fault fallback, unsigned attempt) {
  const core::Failure failure = imap::proto::refusal(result, fallback, fallback == Fault::fetch ? "FETCH" : "APPEND");
  const std::chrono::milliseconds named = imap::proto::wait_named_in(result.text);
  const std::chrono::milliseconds wait = std::max(core::backoff(attempt), named);
  // It is the account that goes too fast for the server, not this connection.
  if (named > 0ms) context_.rate.hold(named, core::RateLimit::Clock::now());
  context_.observer.on(Retrying{side, pair_.source.name, failure, attempt, static_cast<std::uint64_t>(wait.count())});
  co_await core::pause_until(wait, context_.stop.is_requested);
}

awaitable<void> Copier::fetch(Batch& batch) {
  CommandResult result = co_await fetch_expected(batch);
  for (unsigned attempt = 1; is_passing(result, Fault::fetch) && attempt < patience; ++attempt) {
    co_await wait_to_retry(Side::source, result, Fault::fetch, attempt);
    if (batch.uid_set().empty()) break;
    result = co_await fetch_expected(batch);
  }
  for (const Batch::Item& item : batch.items()) {
    if (item.state == Batch::Item::State::empty) {
      refuse(item, {}, core::Failure{Fault::fetch, "the source sends no body for this message", result.server_text()});
    } else if (item.state == Batch::Item::State::expected) {
      const char* what =
          result.is_ok() ? "the source no longer has this message" : "the source refuses to send this message";
      refuse(item, {}, core::Failure{Fault::fetch, what, result.is_ok() ? std::string() : result.server_text()});
    }
  }
}

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

void Copier::refuse(const Batch::Item& item, std::string_view header, core::Failure failure) {
  memory_.refused.emplace(item.uid, failure.describe());
  context_.observer.on(MessageRefused{pair_.source.name, pair_.destination, item.uid, item.size,
                                      std::string(header_field(header, "subject")), std::move(failure)});
}

awaitable<void> Copier::carry_large(Batch::Item item) {
  // Large messages are identified before they are copied: their bytes never lie here as a whole.
  if (tells_duplicates_ && index_.has_identity(item.position) && !seen_.insert(item.position)) {
    context_.observer.on(DuplicatesSkipped{pair_.source.name, 1});
    co_return;
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  LargeMessage::Outcome outcome;
  for (unsigned attempt = 1;; ++attempt) {
    LargeMessage message(executor, *lane_.source, *lane_.destination, pair_.destination_wire, item.meta);
    outcome = co_await message.carry(item.uid);
    if (!outcome.has_body || !may_be_repeated(outcome.append) || attempt >= patience) break;
    co_await wait_to_retry(Side::destination, outcome.append, Fault::append, attempt);
  }
  item.size = outcome.size;
  if (!outcome.has_body) {
    const bool is_told = !outcome.append.text.empty();
    refuse(
        item, {},
        core::Failure{Fault::fetch,
                      is_told ? "the source refuses to send this message" : "the source sends no body for this message",
                      outcome.append.text});
  } else if (outcome.append.is_ok()) {
    if (outcome.has_nul) {
      context_.observer.on(MessageChanged{pair_.source.name, pair_.destination, item.uid,
                                          "NUL bytes, which a server may change or refuse"});
    }
    proof_.prove(item.meta);
    const Batch::Item* confirmed = &item;
    confirm(std::span(&confirmed, 1), outcome.append);
  } else {
    judge_refusal(item, outcome.header, outcome.append);
  }
}

}  // namespace imapferry::sync
