#include "sync/index_reader.hpp"
#include "sync/mailbox_sync.hpp"
#include "sync/message_change.hpp"

#include <map>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::UidSet;

namespace {

// What a server may add to a message, and a rule that renames a header.
constexpr std::uint64_t tolerated_difference = 64;

Identity identity_of_added_id(const IdentityKey& key, imap::proto::Uid uid) {
  return identity_of_header(key, added_id(uid) + "\r\n").identity;
}

/// Where several source mailboxes go into one, equal UIDs get equal ids: then the sizes have to tell them apart.
bool may_be_copy(const config::MessageRules& rules, std::uint64_t source_size, std::uint64_t copy_size,
                 std::size_t id_size) {
  const bool may_have_any_size =
      !rules.substitutions.empty() || !rules.commands.empty() || rules.truncate_at || !rules.long_line_command.empty();
  const std::uint64_t expected = source_size + id_size;
  const std::uint64_t difference = copy_size > expected ? copy_size - expected : expected - copy_size;
  return may_have_any_size || difference <= tolerated_difference;
}

}  // namespace

/// Messages of the source that are missing, and whose id, had --addheader given them one, is on the destination.
std::map<std::uint32_t, Identity> MailboxSync::added_ids_there() const {
  std::map<Identity, std::uint32_t> there;
  for (const std::uint32_t i : matches_.destination_only) there.emplace(now_.destination.identity(i), i);
  std::map<std::uint32_t, Identity> found;
  if (there.empty()) return found;
  for (const std::uint32_t i : matches_.missing) {
    const imap::proto::Uid uid = now_.source.uid(i);
    const Identity identity = identity_of_added_id(context_.key, uid);
    const auto copy = there.find(identity);
    if (copy == there.end()) continue;
    const bool is_copy = may_be_copy(context_.rules.messages, now_.source.message_size(i),
                                     now_.destination.message_size(copy->second), added_id(uid).size() + 2);
    if (is_copy) found.emplace(i, identity);
  }
  return found;
}

/// What an earlier run has given an id is known on the destination by that. Those that it is the copy of are: a message
/// without any id, and all that are equal to it.
awaitable<void> MailboxSync::recognise_added_ids() {
  const std::map<std::uint32_t, Identity> there = added_ids_there();
  if (there.empty()) co_return;
  UidSet candidates;
  for (const auto& [position, identity] : there) candidates.add(now_.source.uid(position));
  const UidSet lacking = co_await without_id(*lane_.source, candidates);
  std::map<Identity, Identity> added;  // by what identified the message so far
  for (const auto& [position, identity] : there) {
    if (lacking.contains(now_.source.uid(position))) added.emplace(now_.source.identity(position), identity);
  }
  if (added.empty()) co_return;
  for (std::uint32_t i = 0; i < now_.source.size(); ++i) {
    const auto found = added.find(now_.source.identity(i));
    if (found != added.end()) now_.source.set_identity(i, found->second);
  }
  co_await compare_sides();
}

}  // namespace imapferry::sync
