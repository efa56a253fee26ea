#include "receiver.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry::bench::synthetic;

namespace {

Shape shape() {
  Shape made;
  made.messages = 100;
  made.size = 6000;
  return made;
}

std::string made_message(const World& world, std::uint32_t uid) {
  Message message;
  MadeMailbox(world.shape, world.book, "alice", 1).make(uid, message);
  std::string bytes;
  for (std::string_view piece = message.piece(0); !piece.empty(); piece = message.piece(bytes.size())) bytes += piece;
  return bytes;
}

Receiver::Received receive(const World& world, std::string_view bytes, std::size_t step) {
  Origins origins(world);
  Receiver receiver(origins);
  receiver.begin(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += step) receiver.take(bytes.substr(at, step));
  return receiver.finish();
}

}  // namespace

TEST_CASE("receiver: a made message is known again, however its bytes arrive") {
  const World world(shape());
  const std::string bytes = made_message(world, 17);
  for (const std::size_t step : {1u, 3u, 100u, 1000u, 100'000u}) {
    const auto received = receive(world, bytes, step);
    CAPTURE(step);
    CHECK(received.verdict == Verdict::equal);
    CHECK(received.uid == 17);
    CHECK(received.size == bytes.size());
    CHECK(received.header.empty());
  }
}

TEST_CASE("receiver: any changed, lost or added byte is seen") {
  const World world(shape());
  const std::string bytes = made_message(world, 17);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    REQUIRE(receive(world, changed, 1000).verdict != Verdict::equal);
  }
  CHECK(receive(world, bytes.substr(0, bytes.size() - 1), 1000).verdict == Verdict::different);
  CHECK(receive(world, bytes + "x", 1000).verdict == Verdict::different);
  CHECK(receive(world, bytes + "x", 100'000).verdict == Verdict::different);
}

TEST_CASE("receiver: what mbsync adds to a header does not count, anything else does") {
  const World world(shape());
  const std::string bytes = made_message(world, 17);
  CHECK(receive(world, "X-TUID: abcdefghijkl\r\n" + bytes, 1000).verdict == Verdict::equal);
  const auto received = receive(world, "X-Other: abc\r\n" + bytes, 1000);
  CHECK(received.verdict == Verdict::different);
  CHECK(received.header.starts_with("X-Other: abc\r\n"));
}

TEST_CASE("receiver: of an unknown message the header is kept, up to a bound") {
  const World world(shape());
  const auto small = receive(world, "Subject: x\r\n\r\nbody", 4);
  CHECK(small.verdict == Verdict::unknown);
  CHECK(small.header == "Subject: x\r\n\r\n");
  CHECK(receive(world, "no header at all", 4).header == "no header at all");
  CHECK(receive(world, "", 4).header.empty());
  const std::string endless(Receiver::longest_header * 3, 'x');
  CHECK(receive(world, endless, 1000).header.size() == Receiver::longest_header);
  CHECK(receive(world, endless, endless.size()).header.size() == Receiver::longest_header);
}

TEST_CASE("receiver: a message that the source does not have is unknown") {
  const World world(shape());
  Shape larger = shape();
  larger.messages = 200;
  const World other(larger);
  CHECK(receive(world, made_message(other, 150), 1000).verdict == Verdict::unknown);
}
