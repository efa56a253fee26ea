#include "../data.hpp"
#include "imap/proto/quota.hpp"

#include <doctest/doctest.h>

#include <string>

using imapferry::imap::proto::storage_quota_in;

TEST_CASE("quota: the room that servers tell, as imapsync reads it") {
  const nlohmann::json cases = imapferry::testing::read_data("imapsync/quota.json");
  REQUIRE(cases.size() >= 3);
  constexpr std::string_view begin = "* QUOTA ";
  for (const auto& one : cases) {
    std::uint64_t used = 0;
    std::uint64_t limit = 0;
    for (const auto& response : one["responses"]) {
      const std::string line = response.get<std::string>();
      if (!line.starts_with(begin)) continue;
      const auto quota = storage_quota_in(std::string_view(line).substr(begin.size()));
      if (quota.limit == 0) continue;
      used = quota.used;
      limit = quota.limit;
    }
    CAPTURE(one.dump());
    CHECK(used == one["used"].get<std::uint64_t>());
    CHECK(limit == one["limit"].get<std::uint64_t>());
  }
}

TEST_CASE("quota: what makes no sense is no limit") {
  for (const std::string_view text :
       {"", "\"\"", "\"\" ()", "\"\" (", ")(", "\"\" (STORAGE)", "\"\" (STORAGE 1)", "\"\" (STORAGE a b)",
        "\"\" (STORAGE 1 99999999999999999999)", "\"\" (STORAGE -1 5)", "NIL (MESSAGE 1 2)"}) {
    CAPTURE(std::string(text));
    CHECK(storage_quota_in(text).limit == 0);
  }
  CHECK(storage_quota_in("root (storage 1 2)").limit == 2048);
  CHECK(storage_quota_in("root (MESSAGE 1 2 STORAGE 3 4)").used == 3072);
  CHECK(storage_quota_in("root (STORAGE 5 4)").used == 5120);
}
