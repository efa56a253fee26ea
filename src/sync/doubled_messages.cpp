#include "sync/doubled_messages.hpp"

#include "core/pause.hpp"
#include "sync/index_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::UidSet;

namespace {

constexpr std::size_t longest_set = 7000;
constexpr std::chrono::milliseconds time_to_finish{1000};

/// Messages of which there are several with one identity and size.
UidSet lookalikes_in(const MailboxIndex& index) {
  std::vector<std::uint32_t> order(index.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto key = [&index](std::uint32_t i) { return std::pair(index.identity(i), index.message_size(i)); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  std::vector<imap::proto::Uid> found;
  for (std::size_t n = 1; n < order.size(); ++n) {
    if (key(order[n - 1]) != key(order[n])) continue;
    found.push_back(index.uid(order[n - 1]));
    found.push_back(index.uid(order[n]));
  }
  std::sort(found.begin(), found.end());
  UidSet lookalikes;
  for (const imap::proto::Uid uid : found) lookalikes.add(uid);
  return lookalikes;
}

/// How many equal messages of an identity the destination may hold by rights.
std::size_t copies_wanted(const MailboxPass& pass, const Identity& identity) {
  const bool may_be_equal = pass.context.rules.selection.copy_duplicates || pass.context.rules.messages.concern_texts();
  if (!may_be_equal) return 1;
  std::size_t count = 0;
  for (std::size_t i = 0; i < pass.now.source.size(); ++i) {
    if (pass.now.source.has_identity(i) && pass.now.source.identity(i) == identity) ++count;
  }
  return std::max<std::size_t>(count, 1);
}

/// Deletes messages; what was taken for a copy of theirs is the one that is kept.
awaitable<void> take_back(MailboxPass& pass, const std::map<imap::proto::Uid, imap::proto::Uid>& kept_for) {
  UidSet doubles;
  for (const auto& [uid, kept] : kept_for) doubles.add(uid);
  for (const std::string& set : doubles.to_strings(longest_set)) {
    const std::optional<core::Failure> failure = co_await pass.lane.destination->uid_delete(set);
    if (failure) throw core::Error(failure->within("taking back doubled messages"));
  }
  for (imap::proto::Uid& copy : pass.now.copies) {
    if (const auto kept = kept_for.find(copy); kept != kept_for.end()) copy = kept->second;
  }
  pass.has_changed_destination = pass.has_changed_destination || !doubles.empty();
}

/// Takes back those of our own messages that something else has stored as well: the other one stays. Where the server
/// does not tell which are ours, they are among those whose confirmation was never heard: of two that are equal the
/// second goes.
awaitable<void> remove_doubles(MailboxPass& pass) {
  const UidSet& ours = pass.memory.appended;
  const bool knows_ours =
      ours.size() == pass.memory.copied && pass.lane.destination->has(imap::proto::Capability::uidplus);
  if (!knows_ours && pass.memory.unheard.empty()) co_return;
  MailboxIndex arrived;
  const std::string range = fmt::format("{}:*", std::max<std::uint32_t>(pass.memory.first_uid_next, 1));
  co_await read_index(*pass.lane.destination, pass.context.identity, range, IndexDepth::identified, 0, arrived);
  Contents contents;
  const UidSet lookalikes = lookalikes_in(arrived);
  if (lookalikes.empty()) co_return;
  co_await read_contents(*pass.lane.destination, pass.context.identity, lookalikes, contents);

  std::map<std::pair<Identity, Content>, std::vector<imap::proto::Uid>> equal;
  for (const auto& [uid, content] : contents) {
    equal[{arrived.identity(arrived.find(uid)), content}].push_back(uid);
  }
  std::map<imap::proto::Uid, imap::proto::Uid> kept_for;  ///< by what is taken back
  for (auto& [what, uids] : equal) {
    // Foreign ones first: those stay.
    const auto is_foreign = [&ours](imap::proto::Uid uid) { return !ours.contains(uid); };
    const auto first_of_ours = std::stable_partition(uids.begin(), uids.end(), is_foreign);
    const bool has_foreign = first_of_ours != uids.begin();
    const bool may_be_ours = pass.memory.unheard.contains(what.first);
    const std::size_t wanted = copies_wanted(pass, what.first);
    auto last = uids.end();
    while (static_cast<std::size_t>(last - uids.begin()) > wanted) {
      --last;
      if (may_be_ours || (has_foreign && last >= first_of_ours)) kept_for.emplace(*last, uids.front());
    }
  }
  co_await take_back(pass, kept_for);
}

}  // namespace

awaitable<void> take_back_doubled(MailboxPass& pass, std::uint64_t copied) {
  imap::Session& destination = *pass.lane.destination;
  const std::uint64_t expected = pass.destination_state.exists + copied;
  if (!pass.memory.unheard.empty()) {
    // The server may be at it still: it has a moment to finish, since the connection was lost.
    const auto waited = std::chrono::steady_clock::now() - pass.memory.lost_at;
    if (waited < time_to_finish) {
      co_await core::pause(std::chrono::duration_cast<std::chrono::milliseconds>(time_to_finish - waited));
    }
    co_await destination.noop();
  }
  // Most servers have counted already, in their answers to the APPENDs.
  if (copied > 0 && destination.exists() != expected) co_await destination.noop();
  const bool has_more = copied > 0 && destination.exists() > expected;
  if (has_more || !pass.memory.unheard.empty()) co_await remove_doubles(pass);
}

}  // namespace imapferry::sync
