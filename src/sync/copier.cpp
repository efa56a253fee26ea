#include "sync/copier.hpp"

#include "core/pause.hpp"
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

// What a streamed message needs: a chunk on each side.
constexpr std::size_t streamed_message_memory = 256 << 10;
// A message with which a connection breaks so often, whatever was in flight beside it, is refused. A line that breaks
// by itself does so with the same message once or twice.
constexpr unsigned most_strikes = 3;
constexpr unsigned append_patience = 4;
// More messages than one APPEND ever has.
constexpr std::uint64_t most_appended = 1 << 20;

/// Whether the destination asks to come back later rather than refuses the message.
bool is_passing(const CommandResult& result) {
  return result.outcome == CommandResult::Outcome::no &&
         imap::proto::fault_of(result.code, result.text, Fault::append) == Fault::unavailable;
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
               const imap::proto::PermanentFlags& permanent, MailboxMemory& memory)
    : context_(context), lane_(lane), pair_(pair), index_(index), permanent_(permanent), memory_(memory),
      in_flight_(context.limits.batches_in_flight), seen_(index) {
  if (memory_.to_go_alone > 0) kept_back_ = in_flight_.try_acquire(context.limits.batches_in_flight - 1);
}

Batch::Item Copier::item_at(std::uint32_t position) {
  MessageMeta meta;
  std::vector<std::string> left_out;
  const imap::proto::Uid uid = index_.uid(position);
  meta.flags = imap::proto::permitted(index_.flags(position), permanent_, &left_out);
  meta.date = index_.date(position);
  meta.zone_minutes = index_.zone_minutes(position);
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

/// The next messages that fit into one batch; null for a message that is larger than a batch.
std::unique_ptr<Batch> Copier::next_batch(std::span<const std::uint32_t> positions, std::size_t& next) {
  auto batch = std::make_unique<Batch>();
  while (next < positions.size() && batch->items().size() < context_.limits.batch_messages) {
    const std::uint32_t position = positions[next];
    if (memory_.refused.contains(index_.uid(position))) {
      ++next;
      continue;
    }
    Batch::Item item = item_at(position);
    const bool is_alone = goes_alone(item) || item.size > context_.limits.batch_bytes;
    const bool is_full = batch->announced_bytes() + item.size > context_.limits.batch_bytes;
    if (!batch->items().empty() && (is_alone || is_full)) break;
    batch->add(std::move(item));
    ++next;
    if (is_alone) break;
  }
  return batch;
}

awaitable<bool> Copier::copy(std::span<const std::uint32_t> positions) {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup tasks(executor);
  std::size_t next = 0;
  while (next < positions.size() && !context_.stop.is_requested && !must_stop_) {
    std::unique_ptr<Batch> batch = next_batch(positions, next);
    if (batch->items().empty()) break;
    const bool is_large = batch->announced_bytes() > context_.limits.batch_bytes;
    core::Semaphore::Permit place = co_await in_flight_.acquire();
    batch->memory = co_await context_.memory.acquire(is_large ? streamed_message_memory
                                                              : std::max<std::size_t>(batch->announced_bytes(), 1));
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
  if (!tells_duplicates_) return true;
  const IdentityResult found = identity_of_header(context_.key, header_of(bytes));
  index_.set_identity(item.position, found.identity);
  if (seen_.insert(item.position)) return true;
  context_.observer.on(DuplicatesSkipped{pair_.source.name, 1});
  return false;
}

awaitable<void> Copier::carry(std::unique_ptr<Batch> batch) {
  core::Failure failure;
  try {
    if (batch->announced_bytes() > context_.limits.batch_bytes) {
      co_await carry_large(batch->items().front());
      co_return;
    }
    co_await fetch(*batch);
    Items arrived;
    Items oversized;
    for (const Batch::Item& item : batch->items()) {
      if (item.state == Batch::Item::State::arrived) arrived.push_back(&item);
      if (item.state == Batch::Item::State::oversized) oversized.push_back(&item);
    }
    if (!arrived.empty()) co_await append(*batch, arrived);
    for (const Batch::Item* item : oversized) co_await carry_large(*item);
    co_return;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  must_stop_ = true;
  note_unheard(*batch);
  throw core::Error(failure);
}

void Copier::note_unheard(const Batch& batch) {
  for (const Batch::Item& item : batch.items()) {
    if (index_.has_identity(item.position)) memory_.unheard.insert(index_.identity(item.position));
  }
}

awaitable<void> Copier::fetch(Batch& batch) {
  BatchReader reader(batch, [this](Batch::Item& item, std::string_view bytes) { return is_wanted(item, bytes); });
  const std::string uids = batch.uid_set();
  const CommandResult result = co_await lane_.source->uid_fetch(uids, "(UID BODY.PEEK[])", reader);
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
  std::chrono::milliseconds wait = 500ms;
  CommandResult result = co_await send(batch, items);
  for (unsigned attempt = 1; is_passing(result) && attempt < append_patience; ++attempt) {
    context_.observer.on(Retrying{Side::destination, pair_.source.name,
                                  imap::proto::refusal(result, Fault::append, "APPEND"), attempt,
                                  static_cast<std::uint64_t>(wait.count())});
    co_await core::pause(wait);
    wait *= 2;
    result = co_await send(batch, items);
  }
  if (result.is_ok()) {
    confirm(items, result);
  } else if (items.size() == 1) {
    judge_refusal(batch, *items.front(), result);
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
  LargeMessage message(executor, *lane_.source, *lane_.destination, pair_.destination_wire, item.meta);
  LargeMessage::Outcome outcome = co_await message.carry(item.uid);
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
