#pragma once

#include "report/output.hpp"
#include "report/progress.hpp"
#include "report/tally.hpp"
#include "run/event.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace imapferry::report {

enum class ConsoleMode {
  automatic,  ///< live on a terminal, plain elsewhere
  live,       ///< a display that is redrawn in place, and problems as lines above it
  plain,      ///< lines only
  none,       ///< problems only (--progress none)
};

/// Tells people what happens. The tally must have taken an event before the console does. Both must outlive the
/// console.
class Console : public run::Observer {
 public:
  Console(Output& output, ConsoleMode mode, const RunTally& tally);

  void on(const run::RunEvent& event, run::Clock::time_point now) override;
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) override;
  /// Redraws the display, or prints a progress line when one is due. To be called about every 100 ms.
  void tick(run::Clock::time_point now);
  /// A line of somebody else's (a warning), above the display. Not made printable here.
  void print_line(std::string_view line);
  /// Whole lines of somebody else's, likewise.
  void print_lines(std::string_view lines);
  /// How far the run is, as a line.
  void print_status(run::Clock::time_point now);
  /// Takes the display away; RunFinished does so too. Before anything else writes to the same terminal.
  void clear();

 private:
  void show(const run::RunStarted& event);
  void show(const run::StopRequested& event);
  void show(const run::StoreTrouble& event);
  void show(const run::RunFinished& event);

  void show(const run::AccountRef& account, const run::AccountStarted& event);
  void show(const run::AccountRef& account, const run::AccountFinished& event);
  void show(const run::AccountRef& account, const run::ReportsPlaced& event);
  void show(const run::AccountRef& account, const sync::Event& event);
  void show(const run::AccountRef& account, const sync::Connected& event);
  void show(const run::AccountRef& account, const sync::MailboxesListed& event);
  void show(const run::AccountRef& account, const sync::MailboxesMapped& event);
  void show(const run::AccountRef& account, const sync::MailboxCreated& event);
  void show(const run::AccountRef& account, const sync::MailboxDeleted& event);
  void show(const run::AccountRef& account, const sync::DeletionFailed& event);
  void show(const run::AccountRef& account, const sync::RightsSet& event);
  void show(const run::AccountRef& account, const sync::NotPossible& event);
  void show(const run::AccountRef& account, const sync::MailboxFailed& event);
  void show(const run::AccountRef&, const sync::MailboxWeighed&) {}
  void show(const run::AccountRef&, const sync::MailboxPlanned&) {}
  void show(const run::AccountRef&, const sync::MessagesCopied&) {}
  void show(const run::AccountRef&, const sync::DuplicatesSkipped&) {}
  void show(const run::AccountRef&, const sync::MessagesSkipped&) {}
  void show(const run::AccountRef& account, const sync::MessageRefused& event);
  void show(const run::AccountRef& account, const sync::MessageChanged& event);
  void show(const run::AccountRef&, const sync::MessagesDeleted&) {}
  void show(const run::AccountRef&, const sync::FlagsSet&) {}
  void show(const run::AccountRef&, const sync::LabelsSet&) {}
  void show(const run::AccountRef& account, const sync::MailboxDone& event);
  void show(const run::AccountRef& account, const sync::MailboxRenumbered& event);
  void show(const run::AccountRef& account, const sync::LittleRoom& event);
  void show(const run::AccountRef& account, const sync::MessagesSelected& event);
  void show(const run::AccountRef& account, const sync::Retrying& event);
  void show(const run::AccountRef&, const sync::Reconnected&) {}

  /// Every alternative has a function of its own; else it would come here as an Event again, for ever.
  template <class Unknown>
  void show(const run::AccountRef&, const Unknown&) = delete;

  [[nodiscard]] bool is_plain() const noexcept { return mode_ == ConsoleMode::plain; }
  [[nodiscard]] std::string prefix(const run::AccountRef& account) const;
  void print(const run::AccountRef& account, std::string_view text);
  void print_hint(const core::Failure& failure, std::optional<sync::Side> side);
  void draw();

  Output& output_;
  ConsoleMode mode_;
  const RunTally& tally_;
  Progress progress_;
  bool is_finished_ = false;
  bool is_active_ = false;                             ///< something happened since the last progress line
  std::optional<run::Clock::time_point> last_output_;  ///< redraw or progress line
  std::string frame_;                                  ///< what the display shows
  std::size_t rows_ = 0;                               ///< lines of it, all above the cursor
  std::set<std::string, std::less<>> hints_given_;
  std::size_t changes_told_ = 0;
};

}  // namespace imapferry::report
