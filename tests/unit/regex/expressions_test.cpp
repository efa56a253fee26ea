#include "../data.hpp"
#include "regex/predicate.hpp"
#include "regex/substitution.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::testing;
using nlohmann::json;
using regex::Predicate;
using regex::Substitution;

namespace {

regex::Variables variables_of(const json& row) {
  return row.contains("variables") ? row["variables"].get<regex::Variables>() : regex::Variables{};
}

}  // namespace

TEST_CASE("expressions: what imapsync makes of a text") {
  const json data = read_data("imapsync/expressions.json");
  REQUIRE(data["substitutions"].size() > 30);
  for (const json& row : data["substitutions"]) {
    CAPTURE(row.dump());
    std::vector<Substitution> substitutions;
    bool is_refused = false;
    for (const json& expression : row["expressions"]) {
      const core::Result<Substitution> parsed = Substitution::parse(bytes_of(expression), variables_of(row));
      is_refused = is_refused || parsed.has_error();
      if (parsed) substitutions.push_back(*parsed);
    }
    CHECK(is_refused == row.value("refused", false));
    if (is_refused) continue;
    const core::Result<std::string> result = regex::apply_all(substitutions, bytes_of(row["text"]));
    REQUIRE(result.has_value());
    CHECK(*result == bytes_of(row["becomes"]));
  }
}

TEST_CASE("expressions: what imapsync finds in a text") {
  const json data = read_data("imapsync/expressions.json");
  REQUIRE(data["predicates"].size() > 8);
  for (const json& row : data["predicates"]) {
    CAPTURE(row.dump());
    bool matches = false;
    bool is_refused = false;
    for (const json& expression : row["expressions"]) {
      const core::Result<Predicate> parsed = Predicate::parse(bytes_of(expression), variables_of(row));
      is_refused = is_refused || parsed.has_error();
      if (parsed) matches = matches || *parsed->matches(bytes_of(row["text"]));
    }
    CHECK(is_refused == row.value("refused", false));
    if (!is_refused) CHECK(matches == row["matches"].get<bool>());
  }
}
