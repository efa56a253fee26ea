#pragma once

#include "app/log_file.hpp"
#include "config/run_config.hpp"
#include "report/console.hpp"
#include "report/statistics.hpp"
#include "report/tally.hpp"
#include "report/transcript.hpp"
#include "run/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imapferry::app {

/// Everybody who is told what happens: the tally first, then the transcripts (log files, and standard output where
/// imapsync's lines are wanted there), then the console.
class Books : public run::Observer {
 public:
  struct Wishes {
    bool is_verbose = false;     ///< imapsync's lines on standard output
    bool has_log = false;        ///< a log file, of the only account
    bool logs_accounts = false;  ///< one for each account
  };
  Books(const config::RunConfig& config, const Wishes& wishes, report::RunTally& tally, report::Console& console);

  void on(const run::RunEvent& event, run::Clock::time_point now) override;
  void on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) override;
  [[nodiscard]] bool wants_messages() const override {
    return wishes_.is_verbose || wishes_.has_log || wishes_.logs_accounts;
  }
  [[nodiscard]] std::string report_on(const run::AccountRef& account) override;
  void on_wire(sync::Side side, std::string_view line) override;

  /// Opens the log of the only account; the failure is worth a warning.
  std::optional<core::Failure> open_log(const std::string& path);
  [[nodiscard]] std::string log_path() const;
  void warn(std::string_view text);
  void note(std::string_view text);
  /// To be called about ten times a second.
  void flush();
  /// The tables, errors, statistics and the exit value, in the log and, where wanted, on standard output.
  void tell_end(const report::StatisticsFacts& facts);
  /// Puts everything that was written into the files; what comes after is lost.
  void close();

 private:
  /// One account that is written about.
  struct Book {
    std::string prefix;  ///< of lines on standard output
    std::unique_ptr<LogFile> log;
    std::unique_ptr<report::Transcript> transcript;
    std::chrono::system_clock::time_point started;
  };
  [[nodiscard]] std::unique_ptr<Book> make_book(std::size_t account, std::string prefix);
  void open_account(const run::AccountRef& account);
  void tell_end_of(const run::AccountRef& account);
  void close_account(const run::AccountRef& account);
  void write(Book& book, std::string_view lines);
  void show(std::string_view lines, std::string_view prefix);
  void tell_trouble(Book& book);
  [[nodiscard]] Book* book_of(std::size_t account);
  [[nodiscard]] bool has_one_account() const { return wishes_.has_log || config_.accounts.size() == 1; }

  const config::RunConfig& config_;
  Wishes wishes_;
  report::RunTally& tally_;
  report::Console& console_;
  std::map<std::size_t, std::unique_ptr<Book>> books_;  ///< by account; of those in work, or the only one
  std::string shown_;                                   ///< for standard output, not yet written
};

/// What the system says at the end of a run, or of an account.
[[nodiscard]] report::StatisticsFacts statistics_facts(const config::RunConfig& config,
                                                       std::chrono::system_clock::time_point started,
                                                       std::uint64_t memory_at_start);

/// The name of an account's log file.
[[nodiscard]] std::string log_path_of(const config::OutputSpec& output, const config::AccountSpec& account,
                                      bool is_only_one);

}  // namespace imapferry::app
