#include "../data.hpp"
#include "sync/message/flag_translator.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::sync;
using namespace imapferry::testing;
using imap::proto::Flags;
using imap::proto::flags_from;
using imap::proto::PermanentFlags;

namespace {

PermanentFlags permanent_of(const std::string& text) {
  PermanentFlags permanent;
  permanent.known = !text.empty();
  permanent.flags = flags_from(text);
  return permanent;
}

}  // namespace

TEST_CASE("flags: what imapsync sends") {
  const auto data = read_data("imapsync/flags.json");
  REQUIRE(data["sent"].size() > 15);
  for (const auto& row : data["sent"]) {
    CAPTURE(row.dump());
    const PermanentFlags permanent = permanent_of(row["permanent"]);
    const Flags sent = FlagTranslator({}, permanent)(flags_from(row["flags"].get<std::string>()));
    CHECK(sent == flags_from(row["becomes"].get<std::string>()));
  }
}

TEST_CASE("flags: expressions come first, one after the other") {
  const PermanentFlags permanent = permanent_of("\\Seen \\Flagged $Forwarded");
  config::FlagRules rules;
  rules.transforms = {"s/\\\\Flagged//g", "s/\\\\Forwarded/\\$Forwarded/", "s/Old/New/"};
  const FlagTranslator translate(rules, permanent);
  std::vector<std::string> left_out;
  for (int twice = 0; twice < 2; ++twice) {
    left_out.clear();
    CHECK(translate(flags_from("\\Seen \\Flagged \\Forwarded Old"), &left_out).to_string() == "\\Seen $Forwarded");
    CHECK(left_out == std::vector<std::string>{"New"});
  }
  CHECK(translate({}).empty());
}
