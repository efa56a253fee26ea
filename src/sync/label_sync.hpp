#pragma once

#include "imap/proto/labels.hpp"
#include "sync/batch.hpp"
#include "sync/mailbox_pass.hpp"
#include "sync/message/label_index.hpp"
#include "sync/message/label_plan.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <span>

namespace imapferry::sync {

/// Gmail's labels (X-GM-EXT-1) of the messages of one mailbox pair. A label that is refused is told as a failure.
class LabelSync {
 public:
  /// `names` is null where labels are not carried; then nothing is done.
  LabelSync(MailboxPass& pass, const LabelNames* names) : pass_(pass), names_(names) {}

  /// Finds out what brings the labels of messages on both sides in line. They are asked for in every run: what is
  /// remembered of messages does not hold them.
  boost::asio::awaitable<void> plan();
  [[nodiscard]] std::uint64_t planned() const noexcept { return plan_.messages; }
  boost::asio::awaitable<void> carry_out_plan() { return set(plan_); }
  /// Notes that messages were copied; `uids` are theirs on the destination, or empty where the server does not tell.
  void note_copied(std::span<const Batch::Item* const> items, std::span<const imap::proto::Uid> uids);
  /// Gives copies the labels of their sources. Where the connection is lost on the way, the next attempt does it: what
  /// was copied stays noted until then.
  boost::asio::awaitable<void> set_on_copies();

 private:
  struct LabelCommand;
  struct LabelOutcome;
  boost::asio::awaitable<void> read(Side side, const imap::proto::UidSet& uids, LabelIndex& labels, bool& is_read);
  boost::asio::awaitable<void> find_unlabelled();
  boost::asio::awaitable<void> set(const LabelPlan& plan);
  boost::asio::awaitable<void> set_label(const LabelCommand& command, LabelOutcome& outcome);
  void fail(Side side, const core::Failure& failure);

  MailboxPass& pass_;
  const LabelNames* names_;
  LabelPlan plan_;
};

}  // namespace imapferry::sync
