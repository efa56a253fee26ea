#include "report/display.hpp"

#include "core/failure.hpp"
#include "report/format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::report {

namespace {

constexpr std::size_t max_account_lines = 12;
constexpr std::size_t max_name_width = 24;
constexpr std::size_t bar_width = 20;
constexpr std::size_t width_for_bars = 80;

std::string bar(unsigned done_percent) {
  const std::size_t filled = done_percent * bar_width / 100;
  return fmt::format("[{}{}]", std::string(filled, '#'), std::string(bar_width - filled, '.'));
}

/// What an account is busy with.
std::string activity(const AccountTally& account) {
  const LiveAccount& live = *account.live;
  if (!live.is_connected[0] || !live.is_connected[1]) return "connecting";
  if (!live.is_mapped) return "listing mailboxes";
  if (live.current.empty()) {
    return fmt::format("mailbox {} of {}",
                       format_count(std::min(account.counts.mailboxes_settled + 1, account.counts.mailboxes)),
                       format_count(account.counts.mailboxes));
  }
  constexpr std::size_t named = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(named, live.current.size()); ++i) {
    if (i > 0) out += ", ";
    out += core::printable(live.current[i], 100);
  }
  if (live.current.size() > named) out += fmt::format(", and {} more", live.current.size() - named);
  return out;
}

struct Columns {
  std::size_t all = 0, name = 0, figures = 0;
};

std::uint64_t planned(const Counts& counts) { return counts.copied + counts.left; }

/// Wide enough for the figures at the end of the account, so that its line does not move while they grow.
std::size_t figures_width(const Counts& counts) {
  return planned(counts) == 0 ? 0 : 2 * format_count(planned(counts)).size() + 1;
}

std::string account_line(const AccountTally& account, const Columns& columns) {
  const Counts& counts = account.counts;
  std::string right;
  if (planned(counts) > 0) {
    const unsigned done = percent(counts.copied, planned(counts));
    const std::string figures = format_count(counts.copied) + "/" + format_count(planned(counts));
    right = fmt::format(" {}{:3}%  {:>{}}", columns.all >= width_for_bars ? bar(done) + " " : std::string(), done,
                        figures, columns.figures);
  }
  const std::string left = "  " + fit_exactly(core::printable(account.name, 100), columns.name) + "  ";
  const std::size_t used = display_width(left) + display_width(right);
  const std::size_t middle = columns.all > used ? columns.all - used : 0;
  const std::string busy = right.empty() ? fit(activity(account), middle) : fit_exactly(activity(account), middle);
  return fit(left + busy + right, columns.all);
}

}  // namespace

std::string overview(const RunTally& tally, const Progress& progress) {
  const Counts& sums = tally.totals();
  std::string out;
  const std::size_t accounts = tally.accounts().size();
  if (accounts > 1)
    out +=
        fmt::format("{}/{}, ", format_count(tally.accounts_in(AccountState::done)), format_count(accounts, "account"));
  if (const auto failed = tally.accounts_in(AccountState::failed)) out += format_count(failed) + " failed, ";
  out += fmt::format("{}/{}", format_count(sums.copied), format_count(planned(sums), "message"));
  if (planned(sums) > 0) out += fmt::format(" ({}%)", percent(sums.copied, planned(sums)));
  if (sums.refused > 0) out += fmt::format(", {} refused", format_count(sums.refused));
  const Speed speed = progress.speed();
  out += fmt::format(", {}/{}, {} messages/s, {}/s", format_bytes(sums.bytes_copied),
                     format_bytes(sums.bytes_copied + sums.bytes_left), format_rate(speed.messages),
                     format_bytes(static_cast<std::uint64_t>(speed.bytes)));
  if (const auto eta = progress.eta(remainder(tally))) {
    const std::string left =
        eta->left < std::chrono::minutes(1) ? fmt::format("{} s", eta->left.count()) : format_duration(eta->left);
    out += fmt::format(", ETA {}{}", eta->is_certain ? "" : "~", left);
  }
  if (tally.stop_signal()) out += ", stopping";
  return out;
}

std::vector<std::string> display(const RunTally& tally, const Progress& progress, std::size_t width,
                                 std::size_t height) {
  // A line that filled the last column would leave the cursor in doubt, and rows that scrolled away cannot be redrawn.
  const std::size_t all = width > 1 ? width - 1 : 79;
  const std::size_t rows = height == 0 ? max_account_lines : height > 3 ? std::min(height - 3, max_account_lines) : 0;

  std::vector<std::string> lines{fit(overview(tally, progress), all)};
  std::vector<const AccountTally*> shown;
  for (const std::size_t number : tally.in_work()) {
    if (shown.size() == rows) break;
    if (tally.accounts()[number].live) shown.push_back(&tally.accounts()[number]);
  }
  Columns columns{all, 0, 0};
  for (const AccountTally* account : shown) {
    const std::size_t name = display_width(core::printable(account->name, 100));
    columns.name = std::min(std::max(columns.name, name), max_name_width);
    columns.figures = std::max(columns.figures, figures_width(account->counts));
  }
  for (const AccountTally* account : shown) lines.push_back(account_line(*account, columns));
  if (rows > 0 && tally.in_work().size() > shown.size()) {
    lines.push_back(fit(fmt::format("  and {} more", format_count(tally.in_work().size() - shown.size())), all));
  }
  return lines;
}

}  // namespace imapferry::report
