#pragma once

#include "core/semaphore.hpp"
#include "core/task_group.hpp"
#include "imap/proto/flags.hpp"
#include "sync/append.hpp"
#include "sync/batch.hpp"
#include "sync/context.hpp"
#include "sync/lane.hpp"
#include "sync/mailbox/mailbox_map.hpp"
#include "sync/mailbox_memory.hpp"
#include "sync/message/flag_plan.hpp"
#include "sync/message/flag_translator.hpp"
#include "sync/message/mailbox_index.hpp"
#include "sync/message/match.hpp"
#include "sync/message_changer.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace imapferry::sync {

/// Which messages of an index have gone through, told by identity and size, where duplicates can only be told while
/// copying. An open hash table of positions: 4 to 8 bytes a message.
class SeenMessages {
 public:
  explicit SeenMessages(const MailboxIndex& index) : index_(index) {}
  /// The position of a message like the one at this position that was seen before; else it is seen now. Its identity
  /// must be known.
  std::optional<std::uint32_t> insert(std::uint32_t position);

 private:
  const MailboxIndex& index_;
  std::vector<std::uint32_t> slots_;
};

/// The pipe of one lane for one mailbox pair: FETCH on the source, APPEND on the destination, several batches in
/// flight.
///
///   plan ─► memory permit ─► UID FETCH ─► buffer ─► MULTIAPPEND ─► confirmed ─► event
///
/// A batch has all its memory before it begins and needs no more until it is confirmed, so batches never wait for each
/// other. A message larger than a batch flows from literal to literal (LargeMessage) and needs only its chunks. Where
/// rules concern the texts of messages, they are applied between FETCH and APPEND; then a large message is held whole.
class Copier {
 public:
  Copier(const Context& context, Lane& lane, const MailboxPair& pair, MailboxIndex& index,
         const FlagTranslator& translate, MailboxMemory& memory);

  /// A message that looks like another one of the source: equal identity and size.
  struct Lookalike {
    std::uint32_t position;
    std::uint32_t earlier;  ///< the position of the other one
  };
  /// Set when duplicates among the source's messages are not known yet: what looks like one is set aside.
  void set_lookalikes_aside(bool whether) { sets_lookalikes_aside_ = whether; }
  [[nodiscard]] const std::vector<Lookalike>& lookalikes() const noexcept { return lookalikes_; }

  /// Hears of messages that the destination has confirmed; `uids` are theirs there, or empty where the server does not
  /// tell them.
  using Confirmed =
      std::function<void(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids)>;
  void on_confirmed(Confirmed listener) { listener_ = std::move(listener); }

  /// Copies messages (positions in the index, ascending). Returns when all of them are confirmed, refused or left
  /// because the user stops. Throws core::Error when a connection is lost or the destination has no room left; what was
  /// in flight then has been waited for.
  boost::asio::awaitable<bool> copy(std::span<const std::uint32_t> positions);

  [[nodiscard]] std::uint64_t confirmed() const noexcept { return confirmed_; }

 private:
  using Items = std::vector<const Batch::Item*>;
  using CommandResult = imap::proto::CommandResult;

  /// Whether a server asks to come back later rather than refuses.
  [[nodiscard]] static bool is_passing(const imap::proto::CommandResult& result, core::Fault fallback);
  /// The same for an APPEND on a connection that is still there: it is not after a BAD.
  [[nodiscard]] static bool may_be_repeated(const imap::proto::CommandResult& append);
  static constexpr unsigned patience = 4;

  [[nodiscard]] Batch::Item item_at(std::uint32_t position);
  [[nodiscard]] bool goes_alone(const Batch::Item& item) const;
  [[nodiscard]] bool is_full(const Batch& batch, const core::RateLimit::Portion& portion) const;
  std::unique_ptr<Batch> next_batch(std::span<const std::uint32_t> positions, std::size_t& next);
  boost::asio::awaitable<bool> await_turn(const Batch& batch);
  bool is_wanted(Batch::Item& item, std::string_view bytes);
  bool is_lookalike(std::uint32_t position);
  boost::asio::awaitable<void> carry(std::unique_ptr<Batch> batch);
  boost::asio::awaitable<void> carry_large(Batch::Item item);
  boost::asio::awaitable<void> carry_gathered(Batch& batch);
  boost::asio::awaitable<void> carry_oversized(Batch& batch);
  boost::asio::awaitable<void> change(Batch& batch);
  [[nodiscard]] std::size_t memory_for(const Batch& batch) const;
  bool is_too_large_to_change(const Batch::Item& item);
  void note_unheard(const Batch& batch);
  boost::asio::awaitable<void> fetch(Batch& batch);
  boost::asio::awaitable<CommandResult> fetch_expected(Batch& batch);
  boost::asio::awaitable<void> wait_to_retry(Side side, const CommandResult& result, core::Fault fallback,
                                             unsigned attempt);
  boost::asio::awaitable<void> append(const Batch& batch, Items items);
  boost::asio::awaitable<void> append_halves(const Batch& batch, const Items& items);
  boost::asio::awaitable<void> append_one_by_one(const Batch& batch, const Items& items);
  boost::asio::awaitable<void> append_single(const Batch& batch, Items single);
  [[nodiscard]] bool would_prove(const Items& items) const;
  boost::asio::awaitable<CommandResult> send(const Batch& batch, const Items& items);
  void confirm(std::span<const Batch::Item* const> items, const CommandResult& result);
  [[noreturn]] void suspect(const Items& items, const core::Failure& failure);
  void refuse(const Batch::Item& item, std::string_view header, core::Failure failure);
  void judge_refusal(const Batch& batch, const Batch::Item& item, const CommandResult& result);
  void judge_refusal(const Batch::Item& item, std::string_view header, const CommandResult& result);

  const Context& context_;
  Lane& lane_;
  const MailboxPair& pair_;
  MailboxIndex& index_;
  const FlagTranslator& translate_;
  MailboxMemory& memory_;
  AppendProof proof_;
  core::Semaphore proving_{1};
  core::Semaphore in_flight_;
  core::Semaphore::Permit kept_back_;  ///< of in_flight_, while messages go one at a time
  bool sets_lookalikes_aside_ = false;
  std::vector<Lookalike> lookalikes_;
  bool must_stop_ = false;  ///< something is wrong enough that nothing new may begin
  SeenMessages seen_;
  Confirmed listener_;
  std::uint64_t confirmed_ = 0;
  std::optional<MessageChanger> changer_;  ///< where rules concern the texts of messages
};

}  // namespace imapferry::sync
