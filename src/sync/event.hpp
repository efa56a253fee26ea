#pragma once

#include "core/failure.hpp"
#include "imap/proto/uid_set.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What happened while one account was synchronised, as typed facts. All reporting is made of them.
namespace imapferry::sync {

enum class Side { source, destination };

/// "source" or "destination": names the server in a failure.
[[nodiscard]] constexpr std::string_view name_of(Side side) noexcept {
  return side == Side::source ? "source" : "destination";
}

/// A session is open. Sent once for each side of an account, not for every lane.
struct Connected {
  Side side = Side::source;
  std::string server;      ///< "imap.example.org:993"
  std::string protection;  ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
  std::string greeting;    ///< the server's own words
  std::string software;    ///< name and version from ID, or empty
};

/// The destination may not have room for everything. Sent before anything is copied.
struct LittleRoom {
  std::uint64_t used = 0, limit = 0;  ///< bytes
  std::uint64_t to_come = 0;          ///< about so many more than are there; 0 where the servers do not tell
};

/// All mailboxes of a side (--justfolderlists).
struct MailboxesListed {
  struct Mailbox {
    std::string name;   ///< UTF-8
    std::string notes;  ///< "subscribed, \\Sent", or empty
  };
  Side side = Side::source;
  std::vector<Mailbox> mailboxes;
};

/// Both mailbox lists are known and mapped.
struct MailboxesMapped {
  struct Pair {
    std::string source, destination;  ///< UTF-8
    bool exists = false;
  };
  std::vector<Pair> pairs;
  std::size_t left_out = 0;
  std::size_t empty = 0;    ///< left out because nothing is in them
  bool is_the_end = false;  ///< it was all that was asked for (--justautomap)
};

struct MailboxCreated {
  std::string name;
};

struct MailboxDeleted {
  Side side = Side::destination;
  std::string name;
  bool dry = false;  ///< it would be
};

struct DeletionFailed {
  Side side = Side::destination;
  std::string name;
  core::Failure failure;
};

/// Access lists of a mailbox were brought in line.
struct RightsSet {
  std::string destination;
  std::uint64_t identifiers = 0;
};

/// The user has asked for something that cannot be done here; nothing is lost by that.
struct NotPossible {
  Side side = Side::source;
  std::string what;
};

/// Which messages of a side are worked on, where that is not all of them. The same for all mailboxes, and sent before
/// the first.
struct MessagesSelected {
  Side side = Side::source;
  std::string search;          ///< the criteria of the SEARCH that is sent for each mailbox; empty: none
  bool searches_ages = false;  ///< they hold ages, by the Date header
  std::string arrival;         ///< "since 13-Nov-2026 12:00:00 +0000": ages by the date of arrival; empty: none
};

/// A mailbox as a whole cannot be carried, or not to its end.
struct MailboxFailed {
  std::string source, destination;
  core::Failure failure;
};

/// Messages and bytes of one mailbox on one side (--justfoldersizes, and known before each copy).
struct MailboxWeighed {
  Side side = Side::source;
  std::string name;
  std::uint64_t messages = 0, bytes = 0, biggest = 0;
};

/// What one side of a mailbox holds; nothing where it was not looked at closely enough to tell.
struct MailboxWeight {
  std::optional<std::uint64_t> bytes, biggest;
};

/// A mailbox pair is compared: what is to be done. Sent again when a lost connection makes us look again.
struct MailboxPlanned {
  std::string source, destination;
  std::uint64_t source_messages = 0, destination_messages = 0;
  std::uint64_t to_copy = 0, bytes_to_copy = 0;
  std::uint64_t already_there = 0;
  std::uint64_t source_duplicates = 0, destination_duplicates = 0;
  std::uint64_t destination_only = 0;
  std::uint64_t flags_to_set = 0;
  std::uint64_t labels_to_set = 0;     ///< messages on both sides whose labels differ
  std::uint64_t cross_duplicates = 0;  ///< in another mailbox of the destination already, and not copied for that
  std::uint64_t left_out = 0, bytes_left_out = 0;  ///< not there, and not to be copied by the user's rules
  bool dry = false;
  MailboxWeight source_weight, destination_weight;
  std::optional<std::uint64_t> bytes_already_there;  ///< as the source counts them
};

/// One message of MessagesCopied.
struct CopiedMessage {
  imap::proto::Uid uid = 0;              ///< on the source
  imap::proto::Uid destination_uid = 0;  ///< 0 where the destination does not tell it
  std::uint64_t size = 0;
};

/// Messages that the destination has confirmed. `messages` is as many as one APPEND carried.
struct MessagesCopied {
  std::string source, destination;
  std::uint64_t messages = 0, bytes = 0;
  std::uint64_t biggest = 0;
  std::vector<CopiedMessage> each = {};  ///< only where somebody wants it (Observer::wants_messages)
};

/// Duplicates that showed only while copying (their headers were not listed beforehand).
struct DuplicatesSkipped {
  std::string source;
  std::uint64_t messages = 0;
};

/// Messages that a rule of the user's leaves out.
struct MessagesSkipped {
  std::string source, destination;
  std::uint64_t messages = 0, bytes = 0;
  std::string reason;  ///< the option, as it was given: "--skipmess /x/"
};

/// A message that could not be carried. Never silent: named in the report, counted, and in the exit code.
struct MessageRefused {
  std::string source, destination;
  imap::proto::Uid uid = 0;
  std::uint64_t size = 0;
  std::string subject;  ///< of the header, raw; may be empty
  core::Failure failure;
};

/// A message was carried, but something about it changed on the way or could not be held.
struct MessageChanged {
  std::string source, destination;
  imap::proto::Uid uid = 0;
  std::string what;  ///< "keyword $Label1 is not permitted there"
};

/// Messages that were deleted, or marked as deleted; in a dry run: that would be.
struct MessagesDeleted {
  Side side = Side::destination;
  std::string mailbox;
  std::uint64_t messages = 0;
  bool dry = false;
};

struct FlagsSet {
  std::string destination;
  std::uint64_t messages = 0;
};

/// Gmail's labels of so many messages were set, or brought in line.
struct LabelsSet {
  std::string destination;
  std::uint64_t messages = 0;
};

struct MailboxDone {
  std::string source, destination;
};

/// A mailbox has another UIDVALIDITY than at the last run: what was remembered of it is worth nothing, and its messages
/// are compared anew.
struct MailboxRenumbered {
  Side side = Side::source;
  std::string source, destination;
};

/// A connection was lost or the server asked to wait; what happens next.
struct Retrying {
  Side side = Side::source;
  std::string mailbox;  ///< source name, or empty
  core::Failure failure;
  unsigned attempt = 0;
  std::uint64_t wait_milliseconds = 0;
};

/// A session that was lost is open again.
struct Reconnected {
  Side side = Side::source;
};

using Event =
    std::variant<Connected, LittleRoom, MailboxesListed, MailboxesMapped, MessagesSelected, MailboxCreated,
                 MailboxDeleted, DeletionFailed, RightsSet, NotPossible, MailboxFailed, MailboxWeighed, MailboxPlanned,
                 MessagesCopied, DuplicatesSkipped, MessagesSkipped, MessageRefused, MessageChanged, MessagesDeleted,
                 FlagsSet, LabelsSet, MailboxDone, MailboxRenumbered, Retrying, Reconnected>;

}  // namespace imapferry::sync
