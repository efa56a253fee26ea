#include "sync/message/message_selection.hpp"

#include "imap/proto/date_time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace imapferry::sync {

namespace {

constexpr double seconds_per_day = 86'400;

std::int64_t days_before(double days, std::int64_t now) {
  return now - static_cast<std::int64_t>(days * seconds_per_day);
}

/// "5-Nov-2026", as SEARCH takes it, of a day in UTC.
std::string search_date(std::int64_t unix_seconds) {
  constexpr std::size_t length_of_day = 11;
  const std::string text = imap::proto::DateTime{unix_seconds, 0}.to_string().substr(0, length_of_day);
  return text.starts_with('0') ? text.substr(1) : text;
}

bool has_ages(const config::SelectionRules& rules) noexcept { return rules.max_age || rules.min_age; }

/// --minage above --maxage is the one way to mean "the newest and the oldest".
bool is_either(const config::SelectionRules& rules) noexcept {
  return rules.max_age && rules.min_age && *rules.max_age < *rules.min_age;
}

}  // namespace

std::string search_criteria(const config::SelectionRules& rules, const config::SideSelection& side, std::int64_t now) {
  std::string criteria = side.criteria;
  if (!has_ages(rules) || !side.ages_by_search) return criteria;
  std::string ages;
  if (rules.max_age) ages = "SENTSINCE " + search_date(days_before(*rules.max_age, now));
  if (rules.min_age) {
    ages += fmt::format("{}SENTBEFORE {}", ages.empty() ? "" : " ", search_date(days_before(*rules.min_age, now)));
  }
  if (is_either(rules)) ages = "OR " + ages;
  return criteria.empty() ? ages : criteria + " " + ages;
}

bool selects_by_arrival(const config::SelectionRules& rules, const config::SideSelection& side) noexcept {
  return has_ages(rules) && !side.ages_by_search;
}

std::string arrival_criteria(const config::SelectionRules& rules, std::int64_t now) {
  const auto moment = [now](double age) { return imap::proto::DateTime{days_before(age, now), 0}.to_string(); };
  std::string text;
  if (rules.max_age) text = "since " + moment(*rules.max_age);
  if (rules.max_age && rules.min_age) text += is_either(rules) ? " or " : " and ";
  if (rules.min_age) text += "before " + moment(*rules.min_age);
  return text;
}

bool has_right_age(const config::SelectionRules& rules, std::int64_t date, std::int64_t now) noexcept {
  if (date == MailboxIndex::no_date) return true;
  const bool is_young = !rules.max_age || date >= days_before(*rules.max_age, now);
  const bool is_old = !rules.min_age || date < days_before(*rules.min_age, now);
  return is_either(rules) ? is_young || is_old : is_young && is_old;
}

bool has_right_size(const config::SelectionRules& rules, std::uint64_t size) noexcept {
  return (!rules.max_size || size <= *rules.max_size) && (!rules.min_size || size > *rules.min_size);
}

}  // namespace imapferry::sync
