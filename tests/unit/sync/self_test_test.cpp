#include "sync/self_test.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("self test: everything that it checks holds") {
  const auto checks = imapferry::sync::self_checks();
  CHECK(checks.size() >= 8);
  for (const auto& check : checks) CHECK_MESSAGE(check.is_right, std::string(check.name));
}
