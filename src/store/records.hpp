#pragma once

#include "core/sip_hash.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the store remembers, as plain values. All of it are facts about servers at some instant: an old store is a
/// store that knows less, never one that is wrong.
namespace imapferry::store {

/// Which two logins belong together.
struct AccountKey {
  std::string source_server, source_login, destination_server, destination_login;
};

/// A message of a mailbox pair, as it was last seen.
struct MessageRecord {
  std::uint32_t source_uid = 0;       ///< 0: on the destination alone
  std::uint32_t destination_uid = 0;  ///< 0: on the source alone, or its UID there is not known
  core::Hash128 identity;
  std::uint64_t source_size = 0;
  std::uint64_t destination_size = 0;
  std::uint32_t source_flags = 0;  ///< a place in Chunk::flag_sets
  std::uint32_t destination_flags = 0;
  bool was_deleted = false;   ///< it was on the destination, and somebody deleted it there
  bool is_orphan = false;     ///< the copy of a message that has left the source
  bool is_confirmed = false;  ///< the copy is one that we have made, and the destination has said so
  std::optional<core::Hash128> source_content, destination_content;  ///< what it says, where that had to be read
  friend bool operator==(const MessageRecord&, const MessageRecord&) = default;
};

/// Some messages of a mailbox pair, in ascending order of source_uid, then destination_uid.
struct Chunk {
  std::vector<std::string> flag_sets;  ///< flags separated by blanks
  std::vector<MessageRecord> messages;
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// One side of a mailbox pair, as a pass found or left it.
struct SideState {
  std::uint32_t uid_validity = 0;  ///< 0: nothing is known of this side
  std::uint32_t uid_next = 0;      ///< every message with a lower UID is among the records
  std::uint32_t messages = 0;
  std::uint64_t mod_seq = 0;  ///< HIGHESTMODSEQ (RFC 7162): the records' flags are as new as this; 0 is unknown
  friend bool operator==(const SideState&, const SideState&) = default;
};

/// How the messages of a mailbox pair compared when a pass began or ended.
struct MailboxCounts {
  std::uint64_t pairs = 0;
  std::uint64_t source_duplicates = 0, destination_duplicates = 0;
  std::uint64_t destination_only = 0;
  std::uint64_t left = 0;  ///< on the source without a copy, also those that were refused
  friend bool operator==(const MailboxCounts&, const MailboxCounts&) = default;
};

/// A mailbox pair. Names are as the servers spell them.
struct MailboxRecord {
  std::int64_t id = 0;  ///< given by the store
  std::string source, destination;
  SideState source_state, destination_state;
  /// The rules under which nothing was left to do, or empty when something was. Under the same rules, and while the
  /// servers report just these states, neither side needs to be opened.
  std::string settled_for;
  std::string identified_by;  ///< the rule of the messages' identities; empty: the usual one
  MailboxCounts counts;
};

/// A message that could not be carried.
struct RefusedMessage {
  std::uint32_t uid = 0;
  std::uint64_t size = 0;
  std::string reason;
};

/// How the last run of an account ended, and what all its runs have done.
struct AccountOutcome {
  enum class State {
    running,   ///< in work, or its process was killed
    finished,  ///< nothing was left to do
    partial,   ///< something could not be carried, or the user stopped the run
    failed,    ///< it ended early
  };
  State state = State::running;
  std::string reason;                     ///< why it is not finished; empty otherwise
  std::int64_t started = 0;               ///< unix seconds
  std::int64_t finished = 0;              ///< 0 while it runs
  std::uint64_t messages = 0, bytes = 0;  ///< copied by the last run
  std::uint64_t refused = 0;
};

/// An account as `--status` shows it.
struct AccountSummary {
  AccountKey key;
  std::string name;
  AccountOutcome last;
  std::uint64_t runs = 0;
  std::uint64_t total_messages = 0, total_bytes = 0;  ///< copied by all runs
  std::uint64_t mailboxes = 0, settled_mailboxes = 0;
  std::uint64_t known_messages = 0;                             ///< on the source, when last looked at
  std::uint64_t left_messages = 0;                              ///< of these: to be copied by a run now
  std::vector<std::pair<std::string, RefusedMessage>> refused;  ///< with the source mailbox
};

}  // namespace imapferry::store
