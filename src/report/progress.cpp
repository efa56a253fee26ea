#include "report/progress.hpp"

#include <algorithm>

namespace imapferry::report {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds sample_distance{250};
constexpr std::chrono::seconds shown_window{5};
constexpr std::chrono::seconds eta_window{60};
constexpr std::chrono::seconds eta_needs{3};  ///< of copying before a guess is worth anything
constexpr double eta_needs_share = 0.5;       ///< of the work that must be known, not guessed
constexpr double eta_limit = 100.0 * 24 * 3600;

constexpr std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

}  // namespace

Remainder remainder(const RunTally& tally) {
  const Counts& sums = tally.totals();
  std::uint64_t mailboxes_ahead = 0;
  auto accounts_ahead = static_cast<double>(tally.accounts_in(AccountState::waiting));
  for (const std::size_t number : tally.in_work()) {
    const AccountTally& account = tally.accounts()[number];
    if (account.counts.mapped == 0) accounts_ahead += 1;
    mailboxes_ahead += minus(account.counts.mailboxes, account.counts.mailboxes_settled);
  }
  Remainder out;
  out.messages = static_cast<double>(sums.left);
  out.bytes = static_cast<double>(sums.bytes_left);
  if (mailboxes_ahead == 0 && accounts_ahead == 0) return out;

  out.is_certain = false;
  out.known_share = 0;
  const auto known_messages = static_cast<double>(sums.copied + sums.left);
  const auto known_bytes = static_cast<double>(sums.bytes_copied + sums.bytes_left);
  if (sums.mailboxes_settled == 0 || sums.mapped == 0) return out;
  // First the mailboxes ahead in accounts that are known, then the accounts ahead: each scales up what is known by
  // then.
  const double by_mailboxes = 1 + static_cast<double>(mailboxes_ahead) / static_cast<double>(sums.mailboxes_settled);
  const double by_accounts = 1 + accounts_ahead / static_cast<double>(sums.mapped);
  const double scale = by_mailboxes * by_accounts;
  out.messages += known_messages * (scale - 1);
  out.bytes += known_bytes * (scale - 1);
  out.known_share = 1 / scale;
  return out;
}

void Progress::sample(const Counts& totals, run::Clock::time_point now) {
  const Sample fresh{now, totals.copied, totals.bytes_copied};
  // The newest sample always is of now; those before it keep their distance, so that memory stays bounded.
  if (samples_.size() >= 2 && samples_.back().time - samples_[samples_.size() - 2].time < sample_distance) {
    samples_.back() = fresh;
  } else {
    samples_.push_back(fresh);
  }
  while (samples_.size() > 2 && samples_[1].time <= now - eta_window) samples_.pop_front();
}

Speed Progress::speed_over(run::Clock::duration window) const {
  if (samples_.size() < 2) return {};
  const Sample& last = samples_.back();
  // The latest sample that is at least a window old, or else the first.
  const auto younger = std::find_if(samples_.begin() + 1, samples_.end(),
                                    [&](const Sample& sample) { return sample.time > last.time - window; });
  const Sample& first = *(younger - 1);
  const double seconds = Seconds(last.time - first.time).count();
  if (seconds <= 0) return {};
  return {static_cast<double>(minus(last.messages, first.messages)) / seconds,
          static_cast<double>(minus(last.bytes, first.bytes)) / seconds};
}

Speed Progress::speed() const { return speed_over(shown_window); }

std::optional<Eta> Progress::eta(const Remainder& left) const {
  if (samples_.empty() || samples_.back().time - samples_.front().time < eta_needs) return std::nullopt;
  if (left.known_share < eta_needs_share || left.messages < 1) return std::nullopt;
  const Speed speed = speed_over(eta_window);
  if (speed.messages <= 0 || speed.bytes <= 0) return std::nullopt;
  // Small messages cost by their number, large ones by their bytes: the truth lies between the two guesses.
  const double seconds = (left.messages / speed.messages + left.bytes / speed.bytes) / 2;
  if (seconds > eta_limit) return std::nullopt;
  return Eta{std::chrono::seconds(static_cast<std::int64_t>(seconds + 0.5)), left.is_certain};
}

}  // namespace imapferry::report
