#pragma once

#include "report/error_lines.hpp"
#include "report/tally.hpp"
#include "run/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::report {

/// What happens to one account, in imapsync's lines: for the log file, and for scripts that read standard output. The
/// tally must have taken an event before the transcript does, and outlive it.
class Transcript {
 public:
  /// Takes whole lines, each with its line end.
  using Sink = std::function<void(std::string_view lines)>;
  Transcript(const RunTally& tally, AccountNames names, Sink sink);

  void on(const run::RunEvent& event, run::Clock::time_point now);
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now);
  void line(std::string_view text);
  /// imapsync's list of errors; empty when there was none.
  [[nodiscard]] std::string error_list() const;
  /// Whether the sizes before the copy were asked for, and told, before it began.
  [[nodiscard]] bool has_told_sizes() const noexcept { return has_told_sizes_; }

 private:
  void show(const run::RunStarted&) {}
  void show(const run::StopRequested& event);
  void show(const run::StoreTrouble& event);
  void show(const run::RunFinished&) {}
  void show(const run::AccountStarted&) {}
  void show(const run::AccountFinished& event);
  void show(const run::ReportsPlaced& event);
  void show(const sync::Event& event);
  void show(const sync::Connected& event);
  void show(const sync::MailboxesMapped& event);
  void show(const sync::MailboxCreated& event);
  void show(const sync::MailboxFailed& event);
  void show(const sync::MailboxWeighed& event);
  void show(const sync::MailboxPlanned& event);
  void show(const sync::MessagesCopied& event);
  void show(const sync::DuplicatesSkipped&) {}
  void show(const sync::MessageRefused& event);
  void show(const sync::MessageChanged& event);
  void show(const sync::MessagesSkipped& event);
  void show(const sync::MessagesDeleted& event);
  void show(const sync::MailboxesListed&) {}
  void show(const sync::MailboxDeleted& event);
  void show(const sync::DeletionFailed& event);
  void show(const sync::RightsSet& event);
  void show(const sync::NotPossible& event);
  void show(const sync::LittleRoom& event);
  void show(const sync::MessagesSelected& event);
  void show(const sync::FlagsSet& event);
  void show(const sync::LabelsSet& event);
  void show(const sync::MailboxDone&) {}
  void show(const sync::MailboxRenumbered& event);
  void show(const sync::Retrying& event);
  void show(const sync::Reconnected& event);
  /// Every alternative has a function of its own; else it would come here as an Event again, for ever.
  template <class Unknown>
  void show(const Unknown&) = delete;
  void begin_work();
  void error(std::string text);
  [[nodiscard]] std::string eta(double seconds) const;

  const RunTally& tally_;
  AccountNames names_;
  Sink sink_;
  std::size_t number_ = 0;
  run::Clock::time_point now_;
  std::size_t folders_ = 0, folder_ = 0;
  bool has_begun_ = true;  ///< what is done for the mailboxes that were mapped
  bool has_told_sizes_ = false;
  std::vector<MailboxResult> weighed_;  ///< --foldersizes; in the order of the map
  std::vector<std::string> errors_;     ///< the first ones
  std::uint64_t error_count_ = 0;
};

}  // namespace imapferry::report
