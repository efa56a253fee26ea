#include "core/sip_hash.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace imapferry::core;

namespace {

constexpr HashKey reference_key{{0x0706050403020100U, 0x0f0e0d0c0b0a0908U}};

std::string counting_bytes(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i);
  return bytes;
}

std::string hex(const Hash128& hash) {
  std::string out;
  for (const std::uint64_t word : hash.bits) {
    for (unsigned i = 0; i < 8; ++i) out += fmt::format("{:02x}", (word >> (8 * i)) & 0xFFU);
  }
  return out;
}

}  // namespace

TEST_CASE("sip hash: the published vectors for 128 bits of output") {
  struct Row {
    std::size_t size;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {0, "a3817f04ba25a8e66df67214c7550293"},  {1, "da87c1d86b99af44347659119b22fc45"},
      {2, "8177228da4a45dc7fca38bdef60affe4"},  {3, "9c70b60c5267a94e5f33b6b02985ed51"},
      {7, "a1f1ebbed8dbc153c0b84aa61ff08239"},  {8, "3b62a9ba6258f5610f83e264f31497b4"},
      {9, "264499060ad9baabc47f8b02bb6d71ed"},  {15, "5493e99933b0a8117e08ec0f97cfc3d9"},
      {16, "6ee2a4ca67b054bbfd3315bf85230577"}, {63, "5150d1772f50834a503e069a973fbd7c"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.size);
    CHECK(hex(sip_hash(reference_key, counting_bytes(row.size))) == row.expected);
  }
}

TEST_CASE("sip hash: where the bytes are cut makes no difference") {
  const std::string bytes = counting_bytes(41);
  const Hash128 whole = sip_hash(reference_key, bytes);
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    for (std::size_t second = first; second <= bytes.size(); ++second) {
      SipHasher hasher(reference_key);
      hasher.update(std::string_view(bytes).substr(0, first));
      hasher.update(std::string_view(bytes).substr(first, second - first));
      hasher.update(std::string_view(bytes).substr(second));
      REQUIRE(hasher.finish() == whole);
    }
  }
}

TEST_CASE("sip hash: another key, another hash") {
  const std::string bytes = counting_bytes(20);
  CHECK(sip_hash({{1, 2}}, bytes) != sip_hash({{2, 1}}, bytes));
  CHECK(sip_hash({{1, 2}}, bytes) != sip_hash({{1, 3}}, bytes));
}
