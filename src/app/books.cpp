#include "app/books.hpp"

#include "app/banner.hpp"
#include "app/process.hpp"
#include "report/imapsync_figures.hpp"
#include "report/mail_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>
#include <variant>

namespace imapferry::app {

namespace {

constexpr std::size_t worth_showing = 32 << 10;
constexpr std::string_view default_directory = "LOG_imapferry";
constexpr std::string_view report_sender = "imapferry@imapferry.invalid";

report::AccountNames names_of(const config::RunConfig& config, const config::AccountSpec& account) {
  return {config.source.host, account.source.user, config.destination.host, account.destination.user};
}

}  // namespace

std::string log_path_of(const config::OutputSpec& output, const config::AccountSpec& account, bool is_only_one) {
  const std::string directory = output.log_directory.empty() ? std::string(default_directory) : output.log_directory;
  if (!output.log_file.empty() && is_only_one) {
    return output.log_file.starts_with('/') ? output.log_file : fmt::format("{}/{}", directory, output.log_file);
  }
  return report::log_file_name(std::chrono::system_clock::now(), account.source.user, account.destination.user,
                               directory);
}

report::StatisticsFacts statistics_facts(const config::RunConfig& config, std::chrono::system_clock::time_point started,
                                         std::uint64_t memory_at_start) {
  report::StatisticsFacts facts;
  facts.started = started;
  facts.ended = std::chrono::system_clock::now();
  facts.cpu_seconds = cpu_seconds();
  facts.cores = processors();
  facts.memory_at_start = memory_at_start;
  facts.memory_at_end = resident_memory();
  facts.load = load_average();
  facts.errors_max = config.limits.errors;
  facts.process = ::getpid();
  facts.is_dry = config.rules.dry;
  return facts;
}

Books::Books(const config::RunConfig& config, const Wishes& wishes, report::RunTally& tally, report::Console& console)
    : config_(config), wishes_(wishes), tally_(tally), console_(console) {
  if (!has_one_account() || !wants_messages()) return;
  books_[0] = make_book(0, {});
  write(*books_[0], banner(config_.output));
}

std::unique_ptr<Books::Book> Books::make_book(std::size_t account, std::string prefix) {
  auto book = std::make_unique<Book>();
  book->prefix = std::move(prefix);
  book->started = std::chrono::system_clock::now();
  book->transcript = std::make_unique<report::Transcript>(
      tally_, names_of(config_, config_.accounts[account]),
      [this, place = book.get()](std::string_view lines) { write(*place, lines); });
  return book;
}

std::optional<core::Failure> Books::open_log(const std::string& path) {
  core::Result<std::unique_ptr<LogFile>> log = LogFile::open(path);
  if (!log) return log.error();
  Book& book = *books_[0];
  book.log = std::move(*log);
  book.log->write(banner(config_.output));
  write(book, fmt::format("Log file is {} ( to change it, use --logfile filepath ; or use --nolog to turn off logging "
                          ")\n",
                          core::printable(path, 1000)));
  return std::nullopt;
}

std::string Books::log_path() const {
  const auto only = books_.find(0);
  if (!has_one_account() || only == books_.end() || !only->second->log) return {};
  return only->second->log->path();
}

Books::Book* Books::book_of(std::size_t account) {
  const auto found = books_.find(account);
  return found == books_.end() ? nullptr : found->second.get();
}

void Books::write(Book& book, std::string_view lines) {
  if (book.log) book.log->write(lines);
  if (wishes_.is_verbose) show(lines, book.prefix);
}

void Books::show(std::string_view lines, std::string_view prefix) {
  if (prefix.empty()) {
    shown_ += lines;
  } else {
    while (!lines.empty()) {
      const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
      shown_ += prefix;
      shown_ += lines.substr(0, end);
      lines.remove_prefix(end);
    }
  }
  if (shown_.size() >= worth_showing) console_.print_lines(std::exchange(shown_, {}));
}

void Books::on(const run::RunEvent& event, run::Clock::time_point now) {
  tally_.on(event, now);
  for (const auto& [account, book] : books_) book->transcript->on(event, now);
  if (!shown_.empty()) console_.print_lines(std::exchange(shown_, {}));
  console_.on(event, now);
}

void Books::on(const run::AccountRef& account, const run::AccountEvent& event, run::Clock::time_point now) {
  tally_.on(account, event, now);
  if (std::holds_alternative<run::AccountStarted>(event)) open_account(account);
  if (Book* book = book_of(account.number)) book->transcript->on(account, event, now);
  // Lines come in the order of what they tell; only those about single messages may wait.
  const auto* happened = std::get_if<sync::Event>(&event);
  const bool may_wait = happened != nullptr && std::holds_alternative<sync::MessagesCopied>(*happened);
  if (!may_wait && !shown_.empty()) console_.print_lines(std::exchange(shown_, {}));
  console_.on(account, event, now);
  const bool has_ended = std::holds_alternative<run::AccountFinished>(event);
  if (has_ended) tell_end_of(account);
  const bool is_last = std::holds_alternative<run::ReportsPlaced>(event) || (has_ended && !config_.puts_reports());
  if (is_last) close_account(account);
}

void Books::open_account(const run::AccountRef& account) {
  if (has_one_account() || !wants_messages() || config_.just_connect) return;
  std::unique_ptr<Book> book = make_book(account.number, fmt::format("[{}] ", core::printable(account.name)));
  if (wishes_.logs_accounts) {
    core::Result<std::unique_ptr<LogFile>> log =
        LogFile::open(log_path_of(config_.output, config_.accounts[account.number], false));
    if (log) {
      book->log = std::move(*log);
      book->log->write(banner(config_.output));
    } else {
      console_.print_line("warning: " + log.error().describe());
    }
  }
  books_[account.number] = std::move(book);
}

void Books::tell_end_of(const run::AccountRef& account) {
  Book* book = book_of(account.number);
  if (has_one_account() || book == nullptr) return;
  const report::AccountTally& tally = tally_.accounts()[account.number];
  if (config_.output.errors_dump) write(*book, book->transcript->error_list());
  write(*book, report::statistics(tally, statistics_facts(config_, book->started, 0)));
}

void Books::close_account(const run::AccountRef& account) {
  Book* book = book_of(account.number);
  if (has_one_account() || book == nullptr) return;
  if (!shown_.empty()) console_.print_lines(std::exchange(shown_, {}));
  if (book->log) book->log->flush();
  tell_trouble(*book);
  books_.erase(account.number);
}

std::string Books::report_on(const run::AccountRef& account) {
  const report::AccountTally& tally = tally_.accounts()[account.number];
  const auto now = std::chrono::system_clock::now();
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(tally.finished - tally.started);
  report::MailReportFacts facts;
  facts.names = names_of(config_, config_.accounts[account.number]);
  facts.sender = config_.output.report_sender.empty() ? std::string(report_sender) : config_.output.report_sender;
  facts.id = fmt::format("{}.{}.{}@imapferry.invalid",
                         std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count(),
                         ::getpid(), account.number);
  facts.statistics = statistics_facts(config_, now - spent, 0);
  return report::mail_report(tally_, account.number, facts);
}

void Books::on_wire(sync::Side side, std::string_view line) {
  const std::string text = fmt::format("Host{} {}\n", side == sync::Side::source ? 1 : 2, line);
  const auto only = books_.find(0);
  // Connections of many accounts cannot be told apart here: they go where no account's log is.
  if (has_one_account() && only != books_.end() && only->second->log) {
    only->second->log->write(text);
  } else {
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
}

void Books::warn(std::string_view text) {
  console_.print_line(fmt::format("warning: {}", text));
  if (Book* book = book_of(0); book != nullptr && book->log) book->log->write(fmt::format("Warning: {}\n", text));
}

void Books::note(std::string_view text) {
  console_.print_line(std::string(text));
  if (Book* book = book_of(0); book != nullptr && book->log) book->log->write(fmt::format("{}\n", text));
}

void Books::tell_trouble(Book& book) {
  if (!book.log) return;
  if (const std::optional<std::string> trouble = book.log->take_trouble()) console_.print_line("warning: " + *trouble);
}

void Books::flush() {
  if (!shown_.empty()) console_.print_lines(std::exchange(shown_, {}));
  for (const auto& [account, book] : books_) {
    if (!book->log) continue;
    book->log->flush();
    tell_trouble(*book);
  }
}

void Books::tell_end(const report::StatisticsFacts& facts) {
  std::string text;
  Book* book = has_one_account() ? book_of(0) : nullptr;
  if (book != nullptr && !tally_.accounts().empty()) {
    const report::AccountTally& account = tally_.accounts().front();
    const config::OutputSpec& output = config_.output;
    if (output.folder_sizes && !account.results.empty() && !book->transcript->has_told_sizes()) {
      text += report::folder_sizes(account.results, report::SizesWhen::before);
    }
    if (output.folder_sizes_at_end && !account.results.empty()) {
      text += report::folder_sizes(account.results, report::SizesWhen::after);
    }
    if (output.errors_dump) text += book->transcript->error_list();
  }
  text += report::statistics(tally_, facts);
  text += report::exit_line(tally_, facts);
  const std::string path = log_path();
  if (!path.empty()) text += fmt::format("Log file is {}\n", core::printable(path, 1000));
  text += report::signal_line(tally_);
  if (book != nullptr) {
    write(*book, text);
  } else {
    show(text, {});
  }
  flush();
}

void Books::close() {
  flush();
  for (const auto& [account, book] : books_) {
    if (!book->log) continue;
    book->log->close();
    tell_trouble(*book);
  }
}

}  // namespace imapferry::app
