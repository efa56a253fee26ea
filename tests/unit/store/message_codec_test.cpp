#include "store/message_codec.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

using namespace imapferry;
using store::Chunk;
using store::MessageRecord;

namespace {

constexpr core::HashKey key{{1, 2}};

MessageRecord message(std::uint32_t source_uid, std::uint32_t destination_uid) {
  MessageRecord record;
  record.source_uid = source_uid;
  record.destination_uid = destination_uid;
  record.identity.bits = {source_uid * 7ULL, ~0ULL};
  record.source_size = 1000;
  record.destination_size = 998;
  return record;
}

Chunk some_chunk() {
  Chunk chunk;
  chunk.flag_sets = {"", "\\Seen $Forwarded", "Работа"};
  chunk.messages = {message(0, 9), message(0, 3), message(1, 7), message(5, 0),
                    message(std::numeric_limits<std::uint32_t>::max(), 1)};
  chunk.messages[2].source_flags = 1;
  chunk.messages[2].destination_flags = 2;
  chunk.messages[3].was_deleted = true;
  chunk.messages[2].is_confirmed = true;
  chunk.messages[0].is_orphan = true;
  chunk.messages[2].source_content = core::Hash128{{5, ~std::uint64_t{0}}};
  chunk.messages[1].destination_content = core::Hash128{{6, 7}};
  chunk.messages[4].source_size = std::numeric_limits<std::uint64_t>::max();
  chunk.messages[4].destination_size = 0;
  return chunk;
}

}  // namespace

TEST_CASE("message codec: what was packed comes back") {
  const Chunk chunk = some_chunk();
  const std::string packed = store::pack(chunk, key);
  const auto unpacked = store::unpack(packed, key);
  REQUIRE(unpacked);
  CHECK(*unpacked == chunk);
  CHECK(*store::unpack(store::pack({}, key), key) == Chunk());
}

TEST_CASE("message codec: a message takes few bytes") {
  Chunk chunk;
  chunk.flag_sets = {"", "\\Seen"};
  for (std::uint32_t i = 1; i <= 4096; ++i) chunk.messages.push_back(message(100'000 + i, 200'000 + i));
  CHECK(store::pack(chunk, key).size() < 4096 * 28);
}

TEST_CASE("message codec: any changed byte, any cut and another key are noticed") {
  const std::string packed = store::pack(some_chunk(), key);
  for (std::size_t i = 0; i < packed.size(); ++i) {
    std::string changed = packed;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK_FALSE(store::unpack(changed, key));
    CHECK_FALSE(store::unpack(std::string_view(packed).substr(0, i), key));
  }
  CHECK_FALSE(store::unpack(packed, core::HashKey{{1, 3}}));
  CHECK_FALSE(store::unpack(packed + "x", key));
}

TEST_CASE("message codec: bytes with a right checksum that are no chunk are refused") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string packed = store::pack(some_chunk(), key);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = packed.substr(0, packed.size() - 8);
    for (unsigned n = 1 + random() % 4; n > 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(bytes.size() - random() % 3);
    const std::uint64_t checksum = core::sip_hash(key, bytes).bits[0];
    for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(checksum >> (8 * i));
    const auto chunk = store::unpack(bytes, key);
    if (!chunk) continue;
    for (const MessageRecord& record : chunk->messages) {
      CHECK(record.source_flags < chunk->flag_sets.size());
      CHECK(record.destination_flags < chunk->flag_sets.size());
    }
  }
}
