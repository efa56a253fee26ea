#pragma once

#include "sync/catch_up.hpp"
#include "sync/context.hpp"
#include "sync/copier.hpp"
#include "sync/index_reader.hpp"
#include "sync/label_sync.hpp"
#include "sync/mailbox_pass.hpp"
#include "sync/message/flag_plan.hpp"
#include "sync/message_scope.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imapferry::sync {

/// What is known of a mailbox pair before it is opened; it saves a round trip, and may be wrong.
struct Forecast {
  std::optional<std::uint32_t> source_messages;
  std::optional<std::uint32_t> destination_messages;
};

/// Brings one mailbox pair in line: index both sides, match, copy what is missing, set flags that differ, and look
/// whether a command of an earlier run that was still on its way has doubled anything. What earlier runs knew of a side
/// (KnownMailbox) is brought up to date rather than listed again.
class MailboxSync {
 public:
  /// `known` is null where nothing is remembered, `label_names` where labels are not carried.
  MailboxSync(const Context& context, Lane& lane, const MailboxPair& pair, Forecast forecast, MailboxMemory& memory,
              KnownMailbox* known, const LabelNames* label_names);
  MailboxSync(const MailboxSync&) = delete;
  MailboxSync& operator=(const MailboxSync&) = delete;

  /// False when something is left because the user stops. Throws core::Error when a connection is lost (the caller
  /// tries again with the same memory) or the mailbox cannot be opened or listed.
  boost::asio::awaitable<bool> run();
  /// Whether something was told as a failure.
  [[nodiscard]] bool has_failures() const noexcept { return pass_.has_failures; }
  /// What remains when run() has returned: notes what has come of it. The lane may be at another mailbox meanwhile.
  /// Throws core::Error when the connection is lost; then the next run looks again.
  boost::asio::awaitable<void> note_end();

 private:
  /// How much is known of the messages of one side, or why they could not be listed.
  struct Listing {
    std::optional<IndexDepth> depth;  ///< of the index; nothing before it is complete
    std::optional<core::Failure> failure;
    std::optional<CatchUp> catch_up;  ///< of what was remembered
  };

  boost::asio::awaitable<bool> synchronise();
  void keep_for_next_attempt();
  void note_known_copies();
  [[nodiscard]] store::SideState state_for_next_attempt(Side side) const;
  boost::asio::awaitable<void> recall();
  void recall_side(Side side, CatchUp::Age age);
  boost::asio::awaitable<void> open_both();
  boost::asio::awaitable<void> open_source();
  boost::asio::awaitable<void> open_destination();
  boost::asio::awaitable<void> complete_listings();
  boost::asio::awaitable<void> finish_catching_up(Side side);
  boost::asio::awaitable<void> list(Side side, IndexDepth depth);
  boost::asio::awaitable<void> complete_listing(Side side);
  boost::asio::awaitable<void> identify_rest(Side side);
  void check_listing();
  boost::asio::awaitable<void> read_scope();
  boost::asio::awaitable<void> compare();
  boost::asio::awaitable<void> work_on_lists(void (MailboxSync::*step)());
  void match_messages();
  void plan();
  boost::asio::awaitable<void> read_contents_that_decide();
  boost::asio::awaitable<void> read_contents_of(Side side, const std::vector<std::uint32_t>& positions);
  [[nodiscard]] bool was_copied_as(imap::proto::Uid source, imap::proto::Uid destination) const;
  [[nodiscard]] IndexDepth first_copy_depth() const noexcept;
  void note_copies();
  void note_orphans();
  void note_carried();
  void leave_deleted();
  void narrow();
  void refuse_too_large();
  void tell_plan();
  boost::asio::awaitable<void> complete_dates();
  boost::asio::awaitable<void> identify_large_messages();
  boost::asio::awaitable<bool> copy();
  boost::asio::awaitable<bool> copy_apparent_duplicates(Copier& copier);
  boost::asio::awaitable<void> set_flags(const FlagPlan& plan);
  boost::asio::awaitable<void> set_flags_of(std::string set, const FlagChange& change);
  void forget_flag_changes();
  void plan_flags();
  boost::asio::awaitable<void> note_before_changes();
  void note_flags(const imap::proto::UidSet& uids, const FlagChange& change);
  void note_copied(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids);
  [[nodiscard]] boost::asio::awaitable<bool> read_end_state(store::SideState& state);
  [[nodiscard]] store::MailboxRecord record_of_opening() const;
  [[nodiscard]] store::MailboxCounts counts() const;
  [[nodiscard]] Listing& listing(Side side) { return side == Side::source ? source_ : destination_; }
  [[nodiscard]] const Listing& listing(Side side) const { return side == Side::source ? source_ : destination_; }
  [[nodiscard]] const store::SideState& last(Side side) const {
    return side == Side::source ? source_last_ : destination_last_;
  }

  MailboxPass pass_;
  LabelSync labels_;
  Forecast forecast_;
  KnownMailbox* known_;
  store::SideState source_last_;       ///< what `pass_.now` was true for when this attempt began
  store::SideState destination_last_;  ///< likewise
  Listing source_;
  Listing destination_;
  bool is_first_copy_ = false;  ///< the destination is empty: duplicates are told from the stream that is copied
  MessageScope scope_;
  MessageScope::LeftOut left_out_;
  std::uint64_t cross_duplicates_ = 0;
  std::vector<Identity> copied_identities_;  ///< where other mailboxes want to know
  FlagPlan flag_plan_;
  FlagsBefore flags_before_;                  ///< of source messages whose flags have changed
  imap::proto::UidSet remembered_;            ///< UIDs on the source
  std::vector<KnownCopy> copied_before_;      ///< ascending by source
  std::uint64_t confirmed_ = 0;               ///< copied by this attempt
  std::uint64_t appended_ = 0;                ///< messages whose UIDs the destination has told
  std::uint64_t foreign_changes_before_ = 0;  ///< Session's count when the mailbox was opened
  bool is_worth_noting_ = false;
  bool is_complete_ = false;
};

}  // namespace imapferry::sync
