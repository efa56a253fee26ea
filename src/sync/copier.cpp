#include "sync/copier.hpp"

#include "core/pause.hpp"
#include "imap/proto/header_date.hpp"
#include "imap/proto/refusal.hpp"
#include "sync/large_message.hpp"
#include "sync/message/header_field.hpp"

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

}  // namespace

std::optional<std::uint32_t> SeenMessages::insert(std::uint32_t position) {
  constexpr std::uint32_t empty = UINT32_MAX;
  // At most three quarters full.
  if (slots_.empty()) slots_.resize(std::bit_ceil(index_.size() + index_.size() / 3 + 1), empty);
  const Identity& identity = index_.identity(position);
  const std::uint64_t size = index_.message_size(position);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = identity.bits[0] & mask;
  for (; slots_[at] != empty; at = (at + 1) & mask) {
    if (index_.identity(slots_[at]) == identity && index_.message_size(slots_[at]) == size) return slots_[at];
  }
  slots_[at] = position;
  return std::nullopt;
}

Copier::Copier(const Context& context, Lane& lane, const MailboxPair& pair, MailboxIndex& index,
               const FlagTranslator& translate, MailboxMemory& memory)
    : context_(context), lane_(lane), pair_(pair), index_(index), translate_(translate), memory_(memory),
      in_flight_(context.limits.batches_in_flight), seen_(index) {
  if (memory_.to_go_alone > 0) kept_back_ = in_flight_.try_acquire(context.limits.batches_in_flight - 1);
  if (context.rules.messages.concern_texts()) changer_.emplace(context, pair);
}

bool Copier::is_passing(const CommandResult& result, Fault fallback) {
  const bool is_refusal = result.outcome == CommandResult::Outcome::no || result.outcome == CommandResult::Outcome::bad;
  return is_refusal && imap::proto::fault_of(result.code, result.text, fallback) == Fault::unavailable;
}

bool Copier::may_be_repeated(const CommandResult& append) {
  return append.outcome == CommandResult::Outcome::no && is_passing(append, Fault::append);
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
  if (!sets_lookalikes_aside_) return true;
  const IdentityResult found = identity_of_header(context_.identity, header_of(bytes));
  index_.set_identity(item.position, found.identity);
  return !is_lookalike(item.position);
}

/// Whether a message is set aside, because one like it has gone through.
bool Copier::is_lookalike(std::uint32_t position) {
  const std::optional<std::uint32_t> earlier = seen_.insert(position);
  if (earlier) lookalikes_.push_back({position, *earlier});
  return earlier.has_value();
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

void Copier::refuse(const Batch::Item& item, std::string_view header, core::Failure failure) {
  memory_.refused.emplace(item.uid, failure.describe());
  context_.observer.on(MessageRefused{pair_.source.name, pair_.destination, item.uid, item.size,
                                      std::string(header_field(header, "subject")), std::move(failure)});
}

awaitable<void> Copier::carry_large(Batch::Item item) {
  // Large messages are identified before they are copied: their bytes never lie here as a whole.
  const bool can_tell = sets_lookalikes_aside_ && index_.has_identity(item.position);
  if (can_tell && is_lookalike(item.position)) co_return;
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
