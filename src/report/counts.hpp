#pragma once

#include "report/exit_code.hpp"
#include "run/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a tally is made of.
namespace imapferry::report {

/// Sums of one account or of the whole run. They stay right when a mailbox or an account is looked at again: what was
/// copied before is then found on the destination, and is not counted a second time as "already there".
struct Counts {
  std::uint64_t mapped = 0;              ///< accounts whose mailbox lists are known
  std::uint64_t mailboxes = 0;           ///< pairs to go through
  std::uint64_t mailboxes_missing = 0;   ///< of them, without a destination at first
  std::uint64_t mailboxes_left_out = 0;  ///< not selected
  std::uint64_t mailboxes_empty = 0;     ///< left out because nothing is in them
  std::uint64_t mailboxes_created = 0;
  std::uint64_t mailboxes_deleted = 0, would_delete_mailboxes = 0;
  std::uint64_t deletions_failed = 0;   ///< of mailboxes
  std::uint64_t rights_set = 0;         ///< entries of access lists
  std::uint64_t reports_failed = 0;     ///< could not be put where the user wants them
  std::uint64_t mailboxes_settled = 0;  ///< compared or failed: how much there is to do in them is known
  std::uint64_t mailboxes_done = 0;
  std::uint64_t mailboxes_failed = 0;
  std::uint64_t mailbox_failures = 0;  ///< told of them: one mailbox can have several
  std::uint64_t mailboxes_missed = 0;  ///< never compared although their account ended well

  std::uint64_t source_messages = 0;  ///< in the mailboxes that were compared
  std::uint64_t already_there = 0;
  std::uint64_t duplicates = 0;  ///< on the source: of several equal ones, one is carried
  std::uint64_t copied = 0, bytes_copied = 0;
  std::uint64_t left = 0, bytes_left = 0;              ///< planned, and not yet copied
  std::uint64_t would_copy = 0, bytes_would_copy = 0;  ///< planned by a dry run
  std::uint64_t abandoned = 0;                   ///< planned in a mailbox or an account that failed or was stopped
  std::uint64_t unaccounted = 0;                 ///< planned in a mailbox that ended well, and never heard of again
  std::uint64_t skipped = 0, bytes_skipped = 0;  ///< a rule of the user's leaves them out
  std::uint64_t refused = 0;
  std::uint64_t left_out = 0, bytes_left_out = 0;  ///< by the user's rules
  std::uint64_t changed = 0;
  std::uint64_t flags_set = 0, would_set_flags = 0;
  std::uint64_t labels_set = 0, would_set_labels = 0;
  std::uint64_t deleted_source = 0, deleted_destination = 0;
  std::uint64_t would_delete_source = 0, would_delete_destination = 0;
  std::uint64_t retries = 0;

  // What only the statistics tell.
  std::uint64_t destination_messages = 0;  ///< before this run, in the mailboxes that were compared
  std::uint64_t destination_duplicates = 0, destination_only = 0;
  std::uint64_t source_bytes = 0, destination_bytes = 0;  ///< before this run
  std::uint64_t bytes_already_there = 0;
  std::uint64_t unweighed = 0;         ///< mailboxes whose bytes the plan did not tell
  std::uint64_t cross_duplicates = 0;  ///< of the duplicates: in another mailbox of the destination
  std::uint64_t reconnections_source = 0, reconnections_destination = 0;
};

enum class MailboxState {
  waiting,  ///< nothing was said of it yet
  in_work,
  done,
  failed,  ///< a failure was told, and nothing after it
};

/// A mailbox pair of an account in work.
struct MailboxTally {
  std::string destination;
  MailboxState state = MailboxState::waiting;
  bool has_failed = false;  ///< a failure stays, even when the mailbox goes on: what it told of is not undone by that
  std::uint64_t source_messages = 0;
  std::uint64_t already_there = 0;  ///< as the latest plan says: with what we copied before that plan
  std::uint64_t duplicates = 0;
  std::uint64_t copied = 0, bytes_copied = 0;
  std::uint64_t copied_before_plan = 0;
  std::uint64_t left = 0, bytes_left = 0;
  std::uint64_t would_copy = 0, bytes_would_copy = 0;
  std::uint64_t would_set_flags = 0, would_set_labels = 0;
  std::uint64_t skipped = 0;
  std::uint64_t refused = 0;
  std::uint64_t left_out = 0, bytes_left_out = 0;
  std::uint64_t cross_duplicates = 0;
  std::uint64_t unresolved = 0, unresolved_bytes = 0;  ///< still left when it was closed
  std::uint64_t biggest_copied = 0;
  std::uint64_t destination_messages = 0;  ///< before this run
  std::uint64_t destination_duplicates = 0, destination_only = 0;
  std::optional<std::uint64_t> source_bytes, source_biggest, destination_bytes, destination_biggest;  ///< likewise
  std::uint64_t bytes_already_there = 0;
  bool is_weighed = true;

  /// Messages that were there before this run.
  [[nodiscard]] std::uint64_t found() const noexcept {
    return already_there > copied_before_plan ? already_there - copied_before_plan : 0;
  }
};

/// What has become of a mailbox pair.
struct MailboxResult {
  std::string source;
  MailboxTally tally;
};

/// A row of the --justfoldersizes table.
struct MailboxSize {
  sync::Side side = sync::Side::source;
  std::string name;
  std::uint64_t messages = 0, bytes = 0, biggest = 0;
};

/// What is known of an account only while it is in work.
struct LiveAccount {
  std::map<std::string, MailboxTally, std::less<>> mailboxes;  ///< by source name
  std::vector<std::string> current;    ///< source names of those in work, in the order of their plans
  std::array<bool, 2> is_connected{};  ///< source, destination
  bool is_mapped = false;
  bool has_plans = false;                 ///< --justfolders and --justfoldersizes compare nothing
  std::uint64_t already_seen = 0;         ///< sum over the plans
  std::uint64_t copied_before_plans = 0;  ///< of it, copied by this run
  std::optional<sync::Side> last_retry;
};

enum class AccountState { waiting, in_work, done, failed, stopped };

struct AccountTally {
  std::string name;
  AccountState state = AccountState::waiting;
  Counts counts;
  run::Clock::time_point started, finished;
  std::optional<core::Failure> failure;
  std::optional<sync::Side> side;  ///< whose failure it was, if it was one side's
  std::array<std::uint32_t, error_class_count> mailbox_errors{};
  std::vector<MailboxSize> sizes;        ///< only when the tally was told to keep them
  std::array<MailboxSize, 2> size_sums;  ///< source, destination: also of rows beyond the limit
  std::size_t sizes_dropped = 0;
  std::uint64_t biggest_copied = 0;
  std::vector<MailboxResult> results;  ///< once it has ended, only when the tally was told to keep them
  std::unique_ptr<LiveAccount> live;   ///< null unless in work
};

struct RefusedMessage {
  std::size_t account = 0;
  sync::MessageRefused message;  ///< its texts are cut to a bounded length
};

struct FailedMailbox {
  std::size_t account = 0;
  sync::MailboxFailed mailbox;
};

}  // namespace imapferry::report
