#include "../data.hpp"
#include "cli/parse.hpp"
#include "cli/to_config.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace imapferry::cli {

/// Command lines that imapsync's author has found worth testing. "refused": they were meant to be, or ask for what
/// imapferry does not have.
TEST_CASE("command lines: those of imapsync's tests are understood") {
  const auto rows = testing::read_data("imapsync/command_lines.json");
  REQUIRE(rows.size() > 400);
  Surroundings surroundings;
  surroundings.environment = [](const std::string&) { return std::nullopt; };
  surroundings.read_file = [](const std::string&, std::size_t) { return core::Result<std::string>("secret\n"); };
  for (const auto& row : rows) {
    CAPTURE(row.dump());
    std::vector<std::string> argv = {"--host1",  "old.example", "--user1",  "ann",     "--password1", "p1",
                                     "--host2",  "new.example", "--user2",  "bob",     "--password2", "p2",
                                     "--nossl1", "--notls1",    "--nossl2", "--notls2"};
    for (const auto& argument : row["arguments"]) argv.push_back(argument.get<std::string>());
    const auto parsed = parse_arguments(std::move(argv));
    if (!parsed) {
      CHECK(row.value("refused", false));
      continue;
    }
    const auto invocation = to_config(*parsed, surroundings);
    if (invocation) {
      CHECK_FALSE(row.value("refused", false));
    } else {
      CAPTURE(invocation.error().message);
      CHECK(row.value("refused", false));
    }
  }
}

}  // namespace imapferry::cli
