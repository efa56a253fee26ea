#include "sync/catch_up.hpp"

#include "core/task_group.hpp"
#include "sync/index_reader.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::FetchResponse;
using imap::proto::Uid;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;
constexpr Uid greatest_uid = UINT32_MAX;

/// Takes flags of known messages over into the index, and notes which messages were told of and which are gone.
class FlagReader : public imap::proto::ResponseHandler {
 public:
  FlagReader(MailboxIndex& index, FlagsBefore& before, UidSet& gone, bool notes_seen)
      : index_(index), before_(before), gone_(gone), seen_(notes_seen ? index.size() : 0) {}

  // The identities of new messages may be asked for in the same flight.
  bool accepts(const FetchResponse& fetch) const override { return !fetch.size && fetch.sections.empty(); }

  void on(const imap::proto::Response& response) override {
    if (const auto* vanished = std::get_if<imap::proto::VanishedResponse>(&response)) {
      for (const UidSet::Range& range : vanished->uids.ranges()) gone_.add(range.first, range.last);
    }
    const auto* fetch = std::get_if<FetchResponse>(&response);
    if (fetch == nullptr || fetch->uid == 0 || !fetch->has_flags) return;
    const std::size_t i = index_.find(fetch->uid);
    if (i == index_.size()) return;
    if (!seen_.empty()) seen_[i] = true;
    flags_ = {};
    for (const std::string_view flag : fetch->flags) flags_.add(flag);
    if (flags_ == index_.flags(i)) return;
    before_.emplace(fetch->uid, index_.flags(i));
    if (!index_.set_flags(i, flags_)) has_too_many_flag_sets_ = true;
  }
  void done(const imap::proto::CommandResult&) override {}

  /// What was not told of is gone, where all was asked for.
  void note_unseen() {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (!seen_[i]) gone_.add(index_.uid(i));
    }
  }
  [[nodiscard]] bool has_too_many_flag_sets() const noexcept { return has_too_many_flag_sets_; }

 private:
  MailboxIndex& index_;
  FlagsBefore& before_;
  UidSet& gone_;
  std::vector<bool> seen_;
  imap::proto::Flags flags_;
  bool has_too_many_flag_sets_ = false;
};

}  // namespace

UidSet CatchUp::known_uids() const {
  UidSet known;
  for (std::size_t i = 0; i < index_.size(); ++i) known.add(index_.uid(i));
  return known;
}

awaitable<void> CatchUp::ask() {
  const auto executor = co_await boost::asio::this_coro::executor;
  core::TaskGroup flight(executor);
  if (!index_.empty() && (has_mod_seq() || age_ == Age::earlier_run)) flight.spawn(ask_changes());
  flight.spawn(ask_new());
  co_await flight.join();
}

bool CatchUp::has_mod_seq() const { return last_.mod_seq > 1 && session_.has(imap::proto::Capability::condstore); }

awaitable<void> CatchUp::ask_changes() {
  const bool tells_vanished = has_mod_seq() && session_.tells_vanished();
  const Uid last = index_.uid(index_.size() - 1);
  std::string items = "(UID FLAGS)";
  if (has_mod_seq()) {
    items += fmt::format(" (CHANGEDSINCE {}{})", last_.mod_seq, tells_vanished ? " VANISHED" : "");
  }
  const std::string range = fmt::format("1:{}", last);
  FlagReader reader(index_, before_, gone_, !has_mod_seq());
  const imap::proto::CommandResult result = co_await session_.uid_fetch(range, items, reader);
  if (!result.is_ok() || reader.has_too_many_flag_sets()) is_refused_ = true;
  if (is_refused_) co_return;
  reader.note_unseen();
  lists_gone_ = tells_vanished || !has_mod_seq();
}

/// Everything that is not known: what came since, and what an unfinished pass has not come to.
awaitable<void> CatchUp::ask_new() {
  UidSet unknown;
  const UidSet known = known_uids();
  Uid next = std::max<Uid>(last_.uid_next, 1);
  for (const UidSet::Range& range : known.ranges()) {
    if (range.last < next) continue;
    if (range.first > next) unknown.add(next, range.first - 1);
    if (range.last == greatest_uid) co_return;
    next = range.last + 1;
  }
  std::vector<std::string> sets = unknown.to_strings(longest_set);
  sets.push_back(fmt::format("{}:*", next));
  for (const std::string& set : sets) {
    try {
      co_await read_index(session_, rule_, set, IndexDepth::identified, 0, new_);
    } catch (const core::Error&) {
      if (!session_.is_open()) throw;
      is_refused_ = true;
    }
    if (is_refused_) co_return;
  }
}

void CatchUp::salvage() {
  for (const auto& [uid, flags] : before_) {
    const std::size_t i = index_.find(uid);
    if (i < index_.size()) index_.set_flags(i, flags);
  }
  index_.absorb(new_);
}

awaitable<bool> CatchUp::succeeded(const imap::MailboxState& now) {
  if (is_refused_ || now.uid_validity != last_.uid_validity) co_return false;
  // "n:*" brings the last message in any case: it may be known, and then its flags are.
  UidSet repeated;
  for (std::size_t i = 0; i < new_.size(); ++i) {
    if (index_.find(new_.uid(i)) < index_.size()) repeated.add(new_.uid(i));
  }
  new_.erase(repeated);
  if (!lists_gone_ && index_.size() + new_.size() != now.exists && !index_.empty()) {
    const core::Result<UidSet> there = co_await session_.uids_up_to(index_.uid(index_.size() - 1));
    if (!there) co_return false;
    for (std::size_t i = 0; i < index_.size(); ++i) {
      if (!there->contains(index_.uid(i))) gone_.add(index_.uid(i));
    }
  }
  index_.erase(gone_);
  if (!index_.absorb(new_)) co_return false;
  co_return index_.size() == now.exists || index_.size() == session_.exists();
}

}  // namespace imapferry::sync
