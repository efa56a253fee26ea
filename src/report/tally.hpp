#pragma once

#include "report/counts.hpp"
#include "report/exit_code.hpp"
#include "run/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::report {

/// Keeps the books of a run: fed with every event, read by all who report. Memory is bounded: one small struct an
/// account, the mailboxes of accounts in work, and the first 1,000 of each list.
class RunTally : public run::Observer {
 public:
  static constexpr std::size_t list_limit = 1000;     ///< refused messages, failed mailboxes
  static constexpr std::size_t change_limit = 100;    ///< different texts of changes
  static constexpr std::size_t size_limit = 100'000;  ///< rows of sizes, all accounts together

  /// Sizes cost memory for every mailbox of every account: only --justfoldersizes wants them.
  enum class Sizes { dropped, kept };
  /// And so do the mailboxes of accounts that have ended, which the tables of the statistics show.
  enum class Results { dropped, kept };
  explicit RunTally(Sizes sizes = Sizes::dropped, Results results = Results::dropped)
      : sizes_(sizes), results_(results) {}

  void on(const run::RunEvent& event, run::Clock::time_point now) override;
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) override;

  [[nodiscard]] const Counts& totals() const noexcept { return totals_; }
  [[nodiscard]] const std::vector<AccountTally>& accounts() const noexcept { return accounts_; }
  [[nodiscard]] std::size_t accounts_in(AccountState state) const noexcept {
    return states_[static_cast<std::size_t>(state)];
  }
  /// Numbers of the accounts in work.
  [[nodiscard]] const std::set<std::size_t>& in_work() const noexcept { return in_work_; }
  [[nodiscard]] const std::vector<RefusedMessage>& refused() const noexcept { return refused_; }
  [[nodiscard]] const std::vector<FailedMailbox>& failed_mailboxes() const noexcept { return failed_mailboxes_; }
  /// How many messages had each kind of change; texts beyond the limit are in totals() only.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& changes() const noexcept { return changes_; }
  /// How many messages each rule has left out; texts beyond the limit are in totals() only.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& skips() const noexcept { return skips_; }
  [[nodiscard]] const ErrorCounts& errors() const noexcept { return errors_; }
  /// All errors of all classes.
  [[nodiscard]] std::uint64_t error_count() const noexcept;
  /// The signal that the user stopped the run with.
  [[nodiscard]] const std::optional<std::string>& stop_signal() const noexcept { return stop_signal_; }
  [[nodiscard]] bool was_stopped_by_file() const noexcept { return was_stopped_by_file_; }
  /// Accounts that ended at a limit of the user's.
  [[nodiscard]] std::size_t accounts_at(run::Limit limit) const noexcept {
    return at_limit_[static_cast<std::size_t>(limit)];
  }
  /// The biggest message that was copied, in bytes.
  [[nodiscard]] std::uint64_t biggest_copied() const noexcept { return biggest_copied_; }
  /// When the run began; the epoch before that.
  [[nodiscard]] run::Clock::time_point started() const noexcept { return started_; }
  /// Everything that was to be done is done.
  [[nodiscard]] bool is_complete() const noexcept;

 private:
  void take(const run::RunStarted& event);
  void take(const run::StopRequested& event);
  void take(const run::StoreTrouble&) {}
  void take(const run::RunFinished&) {}

  void take(std::size_t number, const run::AccountStarted& event);
  void take(std::size_t number, const run::AccountFinished& event);
  void take(std::size_t number, const run::ReportsPlaced& event);
  void take(std::size_t number, const sync::Event& event);
  void take(std::size_t number, const sync::Connected& event);
  void take(std::size_t, const sync::MailboxesListed&) {}
  void take(std::size_t number, const sync::MailboxesMapped& event);
  void take(std::size_t number, const sync::MailboxCreated& event);
  void take(std::size_t number, const sync::MailboxDeleted& event);
  void take(std::size_t number, const sync::DeletionFailed& event);
  void take(std::size_t number, const sync::RightsSet& event);
  void take(std::size_t, const sync::NotPossible&) {}
  void take(std::size_t number, const sync::MailboxFailed& event);
  void take(std::size_t number, const sync::MailboxWeighed& event);
  void take(std::size_t number, const sync::MailboxPlanned& event);
  void take(std::size_t number, const sync::MessagesCopied& event);
  void take(std::size_t number, const sync::DuplicatesSkipped& event);
  void take(std::size_t number, const sync::MessagesSkipped& event);
  void take(std::size_t number, const sync::MessageRefused& event);
  void take(std::size_t number, const sync::MessageChanged& event);
  void take(std::size_t number, const sync::MessagesDeleted& event);
  void take(std::size_t number, const sync::FlagsSet& event);
  void take(std::size_t number, const sync::LabelsSet& event);
  void take(std::size_t number, const sync::MailboxDone& event);
  void take(std::size_t, const sync::MailboxRenumbered&) {}
  void take(std::size_t, const sync::LittleRoom&) {}
  void take(std::size_t, const sync::MessagesSelected&) {}
  void take(std::size_t number, const sync::Retrying& event);
  void take(std::size_t number, const sync::Reconnected& event);
  /// Every alternative has a function of its own; else it would come here as an Event again, for ever.
  template <class Unknown>
  void take(std::size_t, const Unknown&) = delete;

  using Field = std::uint64_t Counts::*;
  void set(AccountTally& account, Field field, std::uint64_t value);
  void add(AccountTally& account, Field field, std::uint64_t amount);
  void subtract(AccountTally& account, Field field, std::uint64_t amount);

  AccountTally& entry(std::size_t number);
  void enter(std::size_t number, AccountState state);
  MailboxTally& mailbox(AccountTally& account, std::string_view source, std::string_view destination);
  void look_again(std::size_t number);
  void forget_plan(AccountTally& account, MailboxTally& mailbox);
  void take_off(AccountTally& account, MailboxTally& mailbox, std::uint64_t messages, std::uint64_t bytes);
  void close(AccountTally& account, std::string_view source, MailboxTally& mailbox, MailboxState state);
  void begin(AccountTally& account, std::string_view source, MailboxTally& mailbox);
  MailboxTally& going_on(AccountTally& account, std::string_view source, std::string_view destination);
  void recount_found(AccountTally& account);
  void abandon_current(AccountTally& account);
  void count_mailbox_error(std::size_t number, const sync::MailboxFailed& told, std::optional<sync::Side> side);
  void count_error(ErrorClass error) { ++errors_[static_cast<std::size_t>(error)]; }

  void take_weights(AccountTally& account, MailboxTally& planned, const sync::MailboxPlanned& event);
  void forget_weights(AccountTally& account, MailboxTally& planned);
  void keep_results(AccountTally& account);

  Sizes sizes_;
  Results results_;
  std::size_t result_rows_ = 0;
  std::array<std::size_t, 2> at_limit_{};
  std::uint64_t biggest_copied_ = 0;
  bool was_stopped_by_file_ = false;
  run::Clock::time_point started_;
  run::Clock::time_point now_;
  Counts totals_;
  std::vector<AccountTally> accounts_;
  std::array<std::size_t, 5> states_{};
  std::set<std::size_t> in_work_;
  std::vector<RefusedMessage> refused_;
  std::vector<FailedMailbox> failed_mailboxes_;
  std::map<std::string, std::uint64_t, std::less<>> changes_;
  std::map<std::string, std::uint64_t, std::less<>> skips_;
  std::size_t size_rows_ = 0;
  ErrorCounts errors_{};
  std::optional<std::string> stop_signal_;
};

}  // namespace imapferry::report
