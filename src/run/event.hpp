#pragma once

#include "core/failure.hpp"
#include "sync/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What happened in a run over many accounts.
namespace imapferry::run {

using Clock = std::chrono::steady_clock;

/// An account of this run: a number from 0 and a name.
struct AccountRef {
  std::size_t number = 0;
  std::string name;
};

struct RunStarted {
  std::size_t accounts = 0;
  std::string source_host, destination_host;
};

struct AccountStarted {};

/// A limit of the user's at which an account ends before it is done.
enum class Limit {
  errors,    ///< --errorsmax
  transfer,  ///< --exitwhenover
};

/// How an account ended.
struct AccountFinished {
  std::optional<core::Failure> failure;  ///< what ended it early
  std::optional<sync::Side> side;        ///< whose failure it was, when it was one side's
  bool was_stopped = false;              ///< stopped before it was done, by the user or at a limit
  std::optional<Limit> limit = {};       ///< where it was a limit
};

/// The report on an account that has ended is in a mailbox of its own (--emailreport1, --emailreport2), or is not.
struct ReportPlaced {
  sync::Side side = sync::Side::destination;
  std::optional<core::Failure> failure;
};

/// Nothing more comes of an account with reports; told after AccountFinished, also when none was placed.
struct ReportsPlaced {
  std::vector<ReportPlaced> places;
};

/// The user asked to stop: batches in flight are finished, nothing new begins.
struct StopRequested {
  std::string signal;    ///< "SIGINT", or what else it was
  bool by_file = false;  ///< --abortbyfile
};

/// The store cannot be used any further; the run goes on without it.
struct StoreTrouble {
  std::string what;
};

struct RunFinished {};

using AccountEvent = std::variant<AccountStarted, AccountFinished, ReportsPlaced, sync::Event>;
using RunEvent = std::variant<RunStarted, StopRequested, StoreTrouble, RunFinished>;

/// Whoever listens: reporters. Called on the event loop; must not block and must not throw.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const RunEvent& event, Clock::time_point now) = 0;
  virtual void on(const AccountRef& account, const AccountEvent& event, Clock::time_point now) = 0;
  /// Whether each message that is copied is to be told by itself.
  [[nodiscard]] virtual bool wants_messages() const { return false; }
  /// The report on an account that has ended, as a message (RFC 5322) for its owner. Asked for where the user wants
  /// one.
  [[nodiscard]] virtual std::string report_on(const AccountRef&) { return {}; }
  /// What travels on one side's connections (--debugimap): a line for people.
  virtual void on_wire(sync::Side, std::string_view) {}
};

}  // namespace imapferry::run
