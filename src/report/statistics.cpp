#include "report/statistics.hpp"

#include "core/failure.hpp"
#include "report/exit_code.hpp"
#include "report/imapsync_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace imapferry::report {

namespace {

constexpr double mebibyte = 1024 * 1024;

/// The lines of the block: a label of 40 columns, a colon, the value.
class Lines {
 public:
  void row(std::string_view label, std::string_view value) { out_ += fmt::format("{:<40}: {}\n", label, value); }
  void count(std::string_view label, std::uint64_t value) { row(label, fmt::format("{}", value)); }
  void line(std::string_view text) { out_ += fmt::format("{}\n", text); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string bytes_text(std::uint64_t bytes) {
  return fmt::format("{} ({})", bytes, binary_bytes(static_cast<std::int64_t>(bytes)));
}

std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

/// What the counts say of both sides after the run.
struct Outcome {
  explicit Outcome(const Counts& sums) {
    identified = minus(sums.source_messages, sums.duplicates + sums.left_out);
    missing = minus(identified, sums.already_there + sums.copied);
    there = minus(sums.destination_messages + sums.copied, sums.destination_duplicates + sums.deleted_destination);
    destination_only = minus(sums.destination_only, sums.deleted_destination);
  }
  std::uint64_t identified = 0;  ///< on the source, of several equal ones one
  std::uint64_t missing = 0;     ///< of these, on the destination
  std::uint64_t there = 0;       ///< on the destination, of several equal ones one
  std::uint64_t destination_only = 0;
};

void add_transfer(Lines& lines, const Counts& sums, const StatisticsFacts& facts, double seconds) {
  const Outcome outcome(sums);
  lines.row("Transfer started on", long_date(facts.started));
  lines.row("Transfer ended on", long_date(facts.ended));
  lines.row("Transfer time", fmt::format("{:.1f} sec", seconds));
  lines.row("Folders synced", fmt::format("{}/{} synced", sums.mailboxes_done, sums.mailboxes));
  const std::string without_dry =
      facts.is_dry ? fmt::format("(could be {} without dry mode)", sums.would_copy) : std::string();
  lines.row("Messages transferred", fmt::format("{} {}", sums.copied, without_dry));
  lines.count("Messages skipped", sums.already_there + sums.left_out + sums.skipped);
  lines.count("Messages found duplicate on host1", minus(sums.duplicates, sums.cross_duplicates));
  lines.count("Messages found duplicate on host2", sums.destination_duplicates);
  lines.count("Messages found crossduplicate on host2", sums.cross_duplicates);
  // Every message has an identity: where the fields that tell it are missing, its whole header does.
  lines.count("Messages void (noheader) on host1", 0);
  lines.count("Messages void (noheader) on host2", 0);
  lines.row("Messages found in host1 not in host2", fmt::format("{} messages", outcome.missing));
  lines.row("Messages found in host2 not in host1", fmt::format("{} messages", outcome.destination_only));
  lines.count("Messages deleted on host1", sums.deleted_source);
  lines.count("Messages deleted on host2", sums.deleted_destination);
  lines.row("Total bytes transferred", bytes_text(sums.bytes_copied));
  lines.row("Total bytes skipped", bytes_text(sums.bytes_already_there + sums.bytes_left_out + sums.bytes_skipped));
  const double rate = seconds > 0 ? static_cast<double>(sums.copied) / seconds : 0;
  const double bandwidth = seconds > 0 ? static_cast<double>(sums.bytes_copied) / seconds / 1024 : 0;
  lines.row("Message rate", fmt::format("{:.1f} messages/s", rate));
  lines.row("Average bandwidth rate", fmt::format("{:.1f} KiB/s", bandwidth));
  lines.count("Reconnections to host1", sums.reconnections_source);
  lines.count("Reconnections to host2", sums.reconnections_destination);
}

void add_costs(Lines& lines, std::uint64_t biggest, const StatisticsFacts& facts, double seconds) {
  const double memory = static_cast<double>(facts.memory_at_end);
  lines.row("Memory consumption at the end", fmt::format("{:.1f} MiB (started with {:.1f} MiB)", memory / mebibyte,
                                                         static_cast<double>(facts.memory_at_start) / mebibyte));
  lines.row("Load end is", fmt::format("{} on {} cores", facts.load, facts.cores));
  const double percent = seconds > 0 ? 100 * facts.cpu_seconds / seconds : 0;
  lines.row("CPU time and %cpu", fmt::format("{:.2f} sec {:.1f} %cpu {:.1f} %allcpus", facts.cpu_seconds, percent,
                                             percent / std::max(facts.cores, 1U)));
  lines.row("Biggest message transferred",
            fmt::format("{} bytes ({})", biggest, binary_bytes(static_cast<std::int64_t>(biggest))));
  lines.row("Memory/biggest message ratio",
            biggest > 0 ? fmt::format("{:.1f}", memory / static_cast<double>(biggest)) : std::string("NA"));
}

void add_differences(Lines& lines, const Counts& sums) {
  const auto row = [&](std::string_view label, std::uint64_t messages_now, std::uint64_t bytes_now) {
    const auto messages = static_cast<std::int64_t>(messages_now - sums.source_messages);
    const auto bytes = static_cast<std::int64_t>(bytes_now - sums.source_bytes);
    const std::string weight =
        sums.unweighed > 0 ? std::string("NA bytes (NA)") : fmt::format("{} bytes ({})", bytes, binary_bytes(bytes));
    lines.row(label, fmt::format("{} messages, {}", messages, weight));
  };
  row("Start difference host2 - host1", sums.destination_messages, sums.destination_bytes);
  row("Final difference host2 - host1", minus(sums.destination_messages + sums.copied, sums.deleted_destination),
      sums.destination_bytes + sums.bytes_copied);
}

void add_verdicts(Lines& lines, const Counts& sums, bool has_ended_early) {
  const Outcome outcome(sums);
  const std::uint64_t unseen = minus(sums.mailboxes, sums.mailboxes_settled) + sums.mailboxes_failed;
  if (outcome.missing == 0 && unseen == 0 && !has_ended_early) {
    lines.line(
        fmt::format("The sync looks good, all {} identified messages in host1 are on host2.", outcome.identified));
  } else {
    std::string text = fmt::format(
        "The sync is not finished, there are {} among {} identified messages in host1 that are not on host2.",
        outcome.missing, outcome.identified);
    if (unseen > 0) text += fmt::format(" {} folders were not or not wholly looked at.", unseen);
    if (has_ended_early && unseen == 0) text += " It ended early.";
    lines.line(text);
  }
  lines.line("There is no unidentified message on host1.");
  if (outcome.destination_only == 0 && !has_ended_early) {
    lines.line(fmt::format("The sync is strict, all {} identified messages in host2 are on host1.", outcome.there));
  } else {
    lines.line(fmt::format("The sync is not strict, there are {} among {} identified messages in host2 that are not on "
                           "host1. Use --delete2 to delete them and have a strict sync.",
                           outcome.destination_only, outcome.there));
  }
}

std::string block(const Counts& sums, std::uint64_t biggest, bool has_ended_early, std::uint64_t errors,
                  const StatisticsFacts& facts) {
  Lines lines;
  const double seconds = std::chrono::duration<double>(facts.ended - facts.started).count();
  lines.line("++++ Statistics");
  add_transfer(lines, sums, facts, seconds);
  add_costs(lines, biggest, facts, seconds);
  add_differences(lines, sums);
  add_verdicts(lines, sums, has_ended_early);
  lines.line(fmt::format("Detected {} errors", errors));
  return lines.take();
}

/// Sizes of one mailbox on one side; what is not known is told so.
struct Sizes {
  std::optional<std::uint64_t> bytes, messages, biggest;
};

std::string text_of(const std::optional<std::uint64_t>& value) {
  return value ? fmt::format("{}", *value) : std::string("NA");
}

std::string difference(const std::optional<std::uint64_t>& a, const std::optional<std::uint64_t>& b) {
  return a && b ? fmt::format("{}", static_cast<std::int64_t>(*a - *b)) : std::string("NA");
}

class SizeTable {
 public:
  explicit SizeTable(std::size_t folders) : folders_(folders) {}

  void add(std::string_view name1, const Sizes& one, std::string_view name2, const Sizes& two) {
    ++number_;
    row(1, name1, one);
    row(2, name2, two);
    out_ += fmt::format("Host2-Host1 {:>60} {:>15} {:>18}\n\n", difference(two.bytes, one.bytes),
                        difference(two.messages, one.messages), difference(two.biggest, one.biggest));
    sum(sums_[0], one);
    sum(sums_[1], two);
  }

  std::string take() {
    const auto both = [&](std::string_view label, const auto& value) {
      for (int host = 1; host <= 2; ++host) {
        out_ += fmt::format("Host{} {}:{}\n", host, label, value(sums_[static_cast<std::size_t>(host - 1)]));
      }
      out_ += "\n";
    };
    const auto aligned = [](std::string_view label, const std::string& number, std::string_view rest) {
      return fmt::format("{:>{}} {}", number, 39 - std::string_view("Host1 ").size() - label.size() - 1, rest);
    };
    const auto bytes = [&](std::string_view label, const std::optional<std::uint64_t>& value) {
      const std::string unit = value ? fmt::format("bytes ({})", binary_bytes(static_cast<std::int64_t>(*value)))
                                     : std::string("bytes (NA)");
      return aligned(label, text_of(value), unit);
    };
    both("Nb folders", [&](const Sizes&) { return aligned("Nb folders", fmt::format("{}", number_), "folders"); });
    both("Nb messages",
         [&](const Sizes& sizes) { return aligned("Nb messages", text_of(sizes.messages), "messages"); });
    both("Total size", [&](const Sizes& sizes) { return bytes("Total size", sizes.bytes); });
    both("Biggest message", [&](const Sizes& sizes) { return bytes("Biggest message", sizes.biggest); });
    return std::move(out_);
  }

 private:
  void row(int host, std::string_view name, const Sizes& sizes) {
    out_ += fmt::format("Host{} folder {:>7} {:<35} Size: {:>9} Messages: {:>5} Biggest: {:>9}\n", host,
                        fmt::format("{}/{}", number_, folders_), fmt::format("[{}]", core::printable(name)),
                        text_of(sizes.bytes), text_of(sizes.messages), text_of(sizes.biggest));
  }

  static void sum(Sizes& total, const Sizes& more) {
    const auto add = [](std::optional<std::uint64_t>& to, const std::optional<std::uint64_t>& what) {
      to = to && what ? std::optional(*to + *what) : std::nullopt;
    };
    add(total.bytes, more.bytes);
    add(total.messages, more.messages);
    total.biggest =
        total.biggest && more.biggest ? std::optional(std::max(*total.biggest, *more.biggest)) : std::nullopt;
  }

  std::string out_;
  std::size_t folders_;
  std::size_t number_ = 0;
  std::array<Sizes, 2> sums_{Sizes{0, 0, 0}, Sizes{0, 0, 0}};
};

Sizes destination_sizes(const MailboxTally& mailbox, SizesWhen when) {
  Sizes sizes{mailbox.destination_bytes, mailbox.destination_messages, mailbox.destination_biggest};
  if (when == SizesWhen::before) return sizes;
  *sizes.messages += mailbox.copied;
  if (sizes.bytes) *sizes.bytes += mailbox.bytes_copied;
  if (sizes.biggest) sizes.biggest = std::max(*sizes.biggest, mailbox.biggest_copied);
  return sizes;
}

}  // namespace

std::string statistics(const RunTally& tally, const StatisticsFacts& facts) {
  const bool has_ended_early = tally.accounts_in(AccountState::done) < tally.accounts().size();
  return block(tally.totals(), tally.biggest_copied(), has_ended_early, tally.error_count(), facts);
}

std::string statistics(const AccountTally& account, const StatisticsFacts& facts) {
  const Counts& sums = account.counts;
  const std::uint64_t errors = sums.refused + sums.mailbox_failures + (account.failure ? 1 : 0);
  return block(sums, account.biggest_copied, account.state != AccountState::done, errors, facts);
}

std::string exit_line(const RunTally& tally, const StatisticsFacts& facts) {
  const int code = exit_code(tally);
  return fmt::format("Exiting with return value {} ({}) {}/{} nb_errors/max_errors PID {}\n", code, describe(code),
                     tally.error_count(), facts.errors_max, facts.process);
}

std::string signal_line(const RunTally& tally) {
  constexpr std::string_view prefix = "SIG";
  if (!tally.stop_signal() || exit_code(tally) != ended_by_signal) return {};
  std::string_view name = *tally.stop_signal();
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return fmt::format("Killing myself with signal {}\n", name);
}

std::string folder_sizes(const std::vector<MailboxResult>& mailboxes, SizesWhen when) {
  SizeTable table(mailboxes.size());
  for (const MailboxResult& result : mailboxes) {
    const MailboxTally& mailbox = result.tally;
    const bool is_known = mailbox.state != MailboxState::waiting;
    Sizes source;
    Sizes destination;
    if (is_known) {
      source = Sizes{mailbox.source_bytes, mailbox.source_messages, mailbox.source_biggest};
      destination = destination_sizes(mailbox, when);
    }
    table.add(result.source, source, mailbox.destination, destination);
  }
  return fmt::format("Folders sizes {} the synchronization.\n", when == SizesWhen::before ? "before" : "after") +
         table.take();
}

}  // namespace imapferry::report
