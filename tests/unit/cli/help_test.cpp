#include "cli/help.hpp"
#include "cli/option_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace imapferry::cli {

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    longest = std::max(longest, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

}  // namespace

TEST_CASE("help: names every option, and keeps to the width") {
  for (const std::size_t width : {60u, 80u, 100u, 200u}) {
    const std::string text = help_text(width);
    CHECK(longest_line(text) <= width);
    for (const Option& option : option_table())
      CHECK_MESSAGE(contains(text, fmt::format("--{}", option.name())), std::string(option.name()));
    CHECK(text.ends_with('\n'));
    CHECK_FALSE(contains(text, " \n"));
  }
  CHECK(help_text(0) == help_text(40));
}

TEST_CASE("help: twins are listed together, with their default") {
  const std::string text = help_text(100);
  CHECK(contains(text,
                 "\n  --host1, --host2 HOST       Name or address of the source (1) and destination (2) server.\n"));
  CHECK(contains(text, "\n  --inet4, --ipv4             Connects by IPv4 only.\n"));
  CHECK(contains(text, "now and then) or none (default: auto).\n"));
  CHECK(contains(text, "Usage: imapferry --host1 HOST"));
}

TEST_CASE("help: usage and version") {
  CHECK(version_text().ends_with('\n'));
  CHECK(version_text().find_first_of("0123456789") != std::string::npos);
  CHECK(contains(usage_text(), "imapferry --help"));
}

TEST_CASE("options page: a row for every option, with what becomes of it") {
  const std::string text = options_markdown();
  std::size_t rows = 0;
  for (auto at = text.find("\n| `--"); at != std::string::npos; at = text.find("\n| `--", at + 1)) ++rows;
  CHECK(rows == option_table().size());
  CHECK(contains(text, "| `--dry` | Changes nothing on either side, and says what would be done. |  | works |\n"));
  CHECK(contains(
      text,
      "| `--subscribeall` `--subscribe_all` | Subscribes on the destination to every folder copied. |  | works |\n"));
  CHECK(contains(text, "| `--gmail1` | Settings for Gmail as source (1) or destination (2). |"));
  CHECK(contains(text,
                 "| `--lanes N` | Pairs of connections that work on one account at once, at most. Not in imapsync. | "
                 "4 | works |\n"));
  CHECK_FALSE(text.ends_with("\n\n"));
}

}  // namespace imapferry::cli
