#include "sync/known_mailbox.hpp"

#include "store/message_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace imapferry::sync {

using boost::asio::awaitable;
using imap::proto::Flags;
using imap::proto::Uid;
using store::Chunk;
using store::MessageRecord;

namespace {

// A chunk holds the messages of so many UIDs (a power of two): a change of one message writes one chunk anew.
constexpr unsigned uid_bits = 12;
// Reserved memory costs nothing until it is used, but address space has an end.
constexpr std::uint32_t most_reserved = 1 << 21;

/// Every flag but \Recent, separated by blanks, which no flag holds.
std::string text_of(const Flags& flags) {
  Flags system;
  system.system = flags.system;
  std::string text = system.to_string();
  for (const auto* names : {&flags.keywords, &flags.unknown}) {
    for (const std::string& name : *names) {
      if (!text.empty()) text += ' ';
      text += name;
    }
  }
  return text;
}

/// Gathers the records of one chunk, whose sets of flags have numbers of their own.
class ChunkBuilder {
 public:
  /// The number in this chunk of a set of flags; `side` keeps the numbers of the two indexes apart.
  std::uint32_t flags(int side, std::uint32_t number, const Flags& flags) {
    const std::uint64_t key = (static_cast<std::uint64_t>(number) << 1) | static_cast<unsigned>(side);
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) return known->second;
    const auto here = static_cast<std::uint32_t>(chunk_.flag_sets.size());
    numbers_.emplace(key, here);
    chunk_.flag_sets.push_back(text_of(flags));
    return here;
  }
  void add(const MessageRecord& message) { chunk_.messages.push_back(message); }
  [[nodiscard]] bool empty() const noexcept { return chunk_.messages.empty(); }
  /// The chunk's bytes; the builder begins anew.
  std::string take(const core::HashKey& key) {
    std::string packed = store::pack(chunk_, key);
    chunk_ = {};
    numbers_.clear();
    return packed;
  }

 private:
  Chunk chunk_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
};

void add_destination(MessageRecord& message, const MailboxSnapshot& now, std::size_t i, ChunkBuilder& builder) {
  message.destination_uid = now.destination.uid(i);
  message.destination_size = now.destination.message_size(i);
  message.destination_flags = builder.flags(1, now.destination.flag_set(i), now.destination.flags(i));
  if (const Content* content = now.destination.content(i)) message.destination_content = *content;
}

struct SourceRecord {
  MessageRecord message;
  std::optional<std::size_t> copy;  ///< position on the destination
};

SourceRecord record_of(const MailboxSnapshot& now, std::size_t i, ChunkBuilder& builder) {
  SourceRecord record;
  MessageRecord& message = record.message;
  message.source_uid = now.source.uid(i);
  message.identity = now.source.identity(i);
  message.source_size = message.destination_size = now.source.message_size(i);
  message.source_flags = message.destination_flags = builder.flags(0, now.source.flag_set(i), now.source.flags(i));
  message.was_deleted = now.deleted.contains(message.source_uid);
  message.is_confirmed = now.confirmed.contains(message.source_uid);
  if (const Content* content = now.source.content(i)) message.source_content = *content;
  const Uid copy = i < now.copies.size() ? now.copies[i] : 0;
  const std::size_t there = copy == 0 ? now.destination.size() : now.destination.find(copy);
  if (there == now.destination.size()) return record;
  record.copy = there;
  add_destination(message, now, there, builder);
  return record;
}

/// Deals out the messages of a snapshot to chunks: those of the source by UID, then those of the destination alone.
template <class Visit>
void each_chunk(const MailboxSnapshot& now, const core::HashKey& key, Visit visit) {
  ChunkBuilder builder;
  std::optional<std::int64_t> number;
  const auto step = [&](std::int64_t next) {
    if (number && *number != next) visit(*number, builder.take(key));
    number = next;
  };
  std::vector<bool> is_copy(now.destination.size(), false);
  for (std::size_t i = 0; i < now.source.size(); ++i) {
    if (!now.source.has_identity(i)) continue;
    step(static_cast<std::int64_t>(now.source.uid(i) >> uid_bits));
    const SourceRecord record = record_of(now, i, builder);
    if (record.copy) is_copy[*record.copy] = true;
    builder.add(record.message);
  }
  for (std::size_t i = 0; i < now.destination.size(); ++i) {
    if (is_copy[i] || !now.destination.has_identity(i)) continue;
    step(-1 - static_cast<std::int64_t>(now.destination.uid(i) >> uid_bits));
    MessageRecord message;
    message.identity = now.destination.identity(i);
    message.is_orphan = now.orphans.contains(now.destination.uid(i));
    add_destination(message, now, i, builder);
    message.source_size = message.destination_size;
    message.source_flags = message.destination_flags;
    builder.add(message);
  }
  if (number) visit(*number, builder.take(key));
}

std::uint32_t flag_set_or_trouble(MailboxIndex& index, const Flags& flags) {
  const std::optional<std::uint32_t> number = index.flag_set(flags);
  if (!number) throw store::Trouble(store::Trouble::Kind::damaged, "it holds too many sets of flags");
  return *number;
}

void add_to(MailboxSnapshot& snapshot, const Chunk& chunk) {
  std::vector<std::uint32_t> source_sets;
  std::vector<std::uint32_t> destination_sets;
  for (const std::string& text : chunk.flag_sets) {
    const Flags flags = imap::proto::flags_from(text);
    source_sets.push_back(flag_set_or_trouble(snapshot.source, flags));
    destination_sets.push_back(flag_set_or_trouble(snapshot.destination, flags));
  }
  MailboxIndex::Entry entry;
  entry.has_identity = true;
  entry.date = MailboxIndex::no_date;
  for (const MessageRecord& message : chunk.messages) {
    entry.identity = message.identity;
    if (message.source_uid != 0) {
      entry.uid = message.source_uid;
      entry.size = message.source_size;
      snapshot.source.append(entry, source_sets[message.source_flags]);
      snapshot.copies.push_back(message.destination_uid);
      if (message.was_deleted) snapshot.deleted.insert(message.source_uid);
      if (message.is_confirmed) snapshot.confirmed.add(message.source_uid);
      if (message.source_content) snapshot.source.set_content(message.source_uid, *message.source_content);
    }
    if (message.destination_uid != 0) {
      entry.uid = message.destination_uid;
      entry.size = message.destination_size;
      snapshot.destination.append(entry, destination_sets[message.destination_flags]);
      if (message.is_orphan) snapshot.orphans.add(entry.uid);
      if (message.destination_content) snapshot.destination.set_content(entry.uid, *message.destination_content);
    }
  }
}

/// Brings the copies into the order that the source's messages are about to get.
void order_copies(MailboxSnapshot& snapshot) {
  std::vector<std::pair<Uid, Uid>> pairs;
  pairs.reserve(snapshot.copies.size());
  for (std::size_t i = 0; i < snapshot.copies.size(); ++i)
    pairs.emplace_back(snapshot.source.uid(i), snapshot.copies[i]);
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  snapshot.copies.clear();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool is_last = i + 1 == pairs.size() || pairs[i].first != pairs[i + 1].first;
    if (is_last) snapshot.copies.push_back(pairs[i].second);
  }
}

/// The first UID that is not among the records, at most `uid_next`.
Uid first_unknown(const MailboxIndex& index, Uid uid_next) {
  Uid next = uid_next;
  if (next == 0) next = index.empty() ? 1 : index.uid(index.size() - 1) + 1;
  for (std::size_t i = 0; i < index.size() && index.uid(i) < next; ++i) {
    if (!index.has_identity(i)) return index.uid(i);
  }
  return next;
}

std::string rules_about_texts(const config::MessageRules& rules) {
  std::string text;
  const auto add_all = [&text](std::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values) text += fmt::format(" {}={}:{}", name, value.size(), value);
  };
  const auto add = [&text](std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) text += fmt::format(" {}={}", name, *value);
  };
  add_all("skip", rules.skip);
  add_all("regex", rules.substitutions);
  add_all("pipe", rules.commands);
  if (rules.disarm_read_receipts) text += " disarm";
  if (rules.add_id) text += " addid";
  add("truncate", rules.truncate_at);
  add("longestline", rules.longest_line);
  add("leastlongline", rules.least_long_line);
  if (!rules.long_line_command.empty()) add_all("longlinepipe", {rules.long_line_command});
  return text;
}

}  // namespace

std::string settling_rules(const config::SyncRules& rules) {
  std::string text =
      fmt::format("flags={} copydeleted={}", static_cast<int>(rules.flags.present), rules.deletion.copy_deleted);
  // Labels change, and no server promises that the state of a mailbox tells.
  if (rules.labels.bring_in_line) return {};
  const config::SelectionRules& selection = rules.selection;
  const auto add = [&text](std::string_view name, const auto& number) {
    if (number) text += fmt::format(" {}={}", name, *number);
  };
  // What these select can change while the mailboxes do not.
  const bool is_of_the_moment = selection.min_age || selection.max_age || !selection.source.criteria.empty() ||
                                !selection.destination.criteria.empty() || selection.skip_cross_duplicates;
  if (is_of_the_moment) return {};
  add("maxsize", selection.max_size);
  add("minsize", selection.min_size);
  add("appendlimit", selection.append_limit);
  if (selection.copy_duplicates) text += " duplicates";
  for (const std::string& expression : rules.flags.transforms) text += fmt::format(" regexflag={}", expression);
  const config::DeletionRules& deletion = rules.deletion;
  text += fmt::format(" delete={}{}{}{}{}", static_cast<int>(deletion.source), static_cast<int>(deletion.destination),
                      static_cast<int>(deletion.destination_duplicates), deletion.expunge_source ? 1 : 0,
                      deletion.expunge_destination ? 1 : 0);
  return text + rules_about_texts(rules.messages);
}

KnownMailbox::KnownMailbox(store::Store& store, std::int64_t account, store::MailboxRecord record,
                           std::string identified_by)
    : store_(store), account_(account), record_(std::move(record)), identified_by_(std::move(identified_by)),
      is_of_this_rule_(record_.id == 0 || record_.identified_by == identified_by_) {}

awaitable<MailboxSnapshot> KnownMailbox::load() {
  MailboxSnapshot snapshot;
  if (!is_written()) co_return snapshot;
  const auto work = [this, &snapshot](store::Backend& backend) { read(backend, snapshot); };
  const bool is_read = co_await store_.run(work);
  if (!is_read) snapshot = {};
  co_return snapshot;
}

void KnownMailbox::read(store::Backend& backend, MailboxSnapshot& snapshot) {
  const auto unpacked = [this](std::string_view packed) {
    std::optional<Chunk> chunk = store::unpack(packed, store_.key());
    if (!chunk) throw store::Trouble(store::Trouble::Kind::damaged, "the checksum of some messages is wrong");
    return std::move(*chunk);
  };
  written_.clear();
  // With room for what is new: growing a large index takes a second copy of it.
  const auto room_for = [](std::uint32_t messages) { return std::min(messages + messages / 32, most_reserved); };
  snapshot.source.reserve(room_for(record_.source_state.messages));
  snapshot.copies.reserve(record_.source_state.messages);
  snapshot.destination.reserve(room_for(record_.destination_state.messages));
  backend.read_chunks(record_.id, [&](std::int64_t number, std::string_view packed) {
    written_[number] = store::checksum_of(packed);
    add_to(snapshot, unpacked(packed));
  });
  bool has_confirmed = false;
  backend.read_confirmed(record_.id, [&](std::string_view packed) {
    has_confirmed = true;
    add_to(snapshot, unpacked(packed));
  });
  if (has_confirmed) order_copies(snapshot);
  snapshot.source.order();
  snapshot.destination.order();
}

awaitable<void> KnownMailbox::write(const MailboxSnapshot& now, store::MailboxRecord record,
                                    const std::vector<store::RefusedMessage>& refused) {
  record.id = record_.id;
  record.source = record_.source;
  record.destination = record_.destination;
  record.identified_by = identified_by_;
  record.source_state.uid_next = first_unknown(now.source, record.source_state.uid_next);
  record.destination_state.uid_next = first_unknown(now.destination, record.destination_state.uid_next);
  const auto work = [this, &now, &record, &refused](store::Backend& backend) {
    record.id = backend.put_mailbox(account_, record);
    record_.id = record.id;
    backend.put_refused(record.id, refused);
    write_chunks(backend, now);
    backend.clear_confirmed(record.id);
  };
  const bool is_written = co_await store_.run(work);
  if (!is_written) co_return;
  record_ = std::move(record);
  is_of_this_rule_ = true;
}

void KnownMailbox::write_chunks(store::Backend& backend, const MailboxSnapshot& now) {
  if (!is_of_this_rule_) {
    backend.read_chunks(record_.id, [this](std::int64_t number, std::string_view packed) {
      written_[number] = store::checksum_of(packed);
    });
  }
  std::map<std::int64_t, std::uint64_t> written;
  each_chunk(now, store_.key(), [&](std::int64_t number, const std::string& packed) {
    const std::uint64_t checksum = store::checksum_of(packed);
    written[number] = checksum;
    const auto before = written_.find(number);
    if (before == written_.end() || before->second != checksum) backend.put_chunk(record_.id, number, packed);
  });
  for (const auto& [number, checksum] : written_) {
    if (!written.contains(number)) backend.erase_chunk(record_.id, number);
  }
  written_ = std::move(written);
}

void KnownMailbox::confirm(const MailboxSnapshot& now, std::span<const std::uint32_t> positions) {
  if (!is_written()) return;
  std::vector<std::uint32_t> order(positions.begin(), positions.end());
  std::sort(order.begin(), order.end());
  ChunkBuilder builder;
  for (const std::uint32_t i : order) {
    if (now.source.has_identity(i)) builder.add(record_of(now, i, builder).message);
  }
  if (builder.empty()) return;
  store_.post([mailbox = record_.id, packed = builder.take(store_.key())](store::Backend& backend) {
    backend.add_confirmed(mailbox, packed);
  });
}

}  // namespace imapferry::sync
