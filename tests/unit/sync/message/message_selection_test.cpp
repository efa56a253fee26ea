#include "../data.hpp"
#include "sync/message/deletion_guard.hpp"
#include "sync/message/message_selection.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;
using namespace imapferry::testing;
using config::SelectionRules;

namespace {

constexpr std::int64_t day = 86'400;
constexpr std::int64_t now = 1'795'435'200;  // 23-Nov-2026 12:00 UTC

template <class Number>
std::optional<Number> number_or_nothing(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<Number>());
}

}  // namespace

TEST_CASE("selection: ages as imapsync combines them") {
  const auto data = read_data("imapsync/selection.json");
  for (const auto& row : data["ages"]) {
    CAPTURE(row.dump());
    SelectionRules rules;
    rules.max_age = number_or_nothing<double>(row["max_age"]);
    rules.min_age = number_or_nothing<double>(row["min_age"]);
    const std::string criteria = search_criteria(rules, rules.source, now);
    CHECK(criteria.empty() == (!rules.max_age && !rules.min_age));
    const bool is_union = rules.max_age && rules.min_age && row["selected"].size() == 3;
    CHECK(criteria.starts_with("OR ") == is_union);
    CHECK((criteria.find("SENTSINCE") != std::string::npos) == rules.max_age.has_value());
    CHECK((criteria.find("SENTBEFORE") != std::string::npos) == rules.min_age.has_value());
  }
  for (const auto& row : data["searches"]) {
    CAPTURE(row.dump());
    SelectionRules rules;
    rules.source.criteria = row.value("search", "");
    if (row.contains("max_age")) rules.max_age = row["max_age"].get<double>();
    if (row.contains("min_age")) rules.min_age = row["min_age"].get<double>();
    CHECK(search_criteria(rules, rules.source, now) == row["criteria"].get<std::string>());
  }
  for (const auto& row : data["sizes"]) {
    CAPTURE(row.dump());
    SelectionRules rules;
    rules.max_size = number_or_nothing<std::uint64_t>(row["max_size"]);
    rules.min_size = number_or_nothing<std::uint64_t>(row["min_size"]);
    CHECK(has_right_size(rules, row["size"].get<std::uint64_t>()) == row["copied"].get<bool>());
  }
}

TEST_CASE("selection: the SEARCH that is sent") {
  SelectionRules rules;
  rules.source.criteria = "FROM ann";
  CHECK(search_criteria(rules, rules.source, now) == "FROM ann");
  CHECK(search_criteria(rules, rules.destination, now).empty());
  rules.max_age = 22;
  CHECK(search_criteria(rules, rules.source, now) == "FROM ann SENTSINCE 1-Nov-2026");
  rules.min_age = 1.5;
  CHECK(search_criteria(rules, rules.destination, now) == "SENTSINCE 1-Nov-2026 SENTBEFORE 22-Nov-2026");
  rules.min_age = 30;
  CHECK(search_criteria(rules, rules.destination, now) == "OR SENTSINCE 1-Nov-2026 SENTBEFORE 24-Oct-2026");
  rules.source.ages_by_search = false;
  CHECK(search_criteria(rules, rules.source, now) == "FROM ann");
}

TEST_CASE("selection: ages by the date of arrival") {
  SelectionRules rules;
  CHECK_FALSE(selects_by_arrival(rules, rules.source));
  rules.max_age = 10;
  rules.source.ages_by_search = false;
  CHECK(selects_by_arrival(rules, rules.source));
  CHECK_FALSE(selects_by_arrival(rules, rules.destination));
  CHECK(arrival_criteria(rules, now) == "since 13-Nov-2026 12:00:00 +0000");
  CHECK(has_right_age(rules, now - 10 * day, now));
  CHECK_FALSE(has_right_age(rules, now - 10 * day - 1, now));
  rules.min_age = 5;
  CHECK(arrival_criteria(rules, now) == "since 13-Nov-2026 12:00:00 +0000 and before 18-Nov-2026 12:00:00 +0000");
  CHECK(has_right_age(rules, now - 7 * day, now));
  CHECK_FALSE(has_right_age(rules, now - 3 * day, now));
  rules.min_age = 20;
  CHECK(arrival_criteria(rules, now) == "since 13-Nov-2026 12:00:00 +0000 or before 03-Nov-2026 12:00:00 +0000");
  CHECK(has_right_age(rules, now - 3 * day, now));
  CHECK_FALSE(has_right_age(rules, now - 15 * day, now));
  CHECK(has_right_age(rules, now - 25 * day, now));
  CHECK(has_right_age(rules, MailboxIndex::no_date, now));
}

TEST_CASE("deletion guard: what nobody has asked for by name does not happen") {
  config::DeletionRules rules;
  CHECK_FALSE(forbids_on_destination(rules, {0, 500}, 0));
  CHECK_FALSE(forbids_on_destination(rules, {100, 100}, 1));
  CHECK(forbids_on_destination(rules, {1, 1}, 0));
  CHECK_FALSE(forbids_on_destination(rules, {50, 101}, 51));
  CHECK(forbids_on_destination(rules, {51, 101}, 50));
  CHECK_FALSE(forbids_on_source(rules, {500, 500}));
  rules.most = config::DeletionLimit{10, 0};
  CHECK_FALSE(forbids_on_destination(rules, {10, 10}, 0));
  CHECK(forbids_on_destination(rules, {11, 1000}, 989));
  CHECK(forbids_on_source(rules, {11, 1000}));
  rules.most = config::DeletionLimit{0, 30};
  CHECK_FALSE(forbids_on_source(rules, {3, 10}));
  CHECK(forbids_on_source(rules, {4, 10}));
  rules.most = config::DeletionLimit{0, 100};
  CHECK_FALSE(forbids_on_destination(rules, {UINT64_MAX / 100 * 100, UINT64_MAX / 100 * 100}, 0));
}
