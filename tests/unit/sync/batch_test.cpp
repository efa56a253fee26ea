#include "sync/batch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace imapferry;
using imap::proto::BodySection;
using imap::proto::FetchResponse;
using imap::proto::LiteralBegin;
using imap::proto::Response;
using imap::proto::Uid;
using sync::Batch;
using sync::BatchReader;
using State = sync::Batch::Item::State;
namespace asio = boost::asio;

namespace {

void run(asio::awaitable<void> task) {
  asio::io_context io;
  asio::co_spawn(io, std::move(task), asio::detached);
  io.run();
}

BodySection body(std::string_view bytes) {
  BodySection section;
  section.size = bytes.size();
  section.data = bytes;
  return section;
}

FetchResponse fetch_of(Uid uid, const BodySection& section) {
  FetchResponse fetch;
  fetch.uid = uid;
  fetch.sections.push_back(section);
  return fetch;
}

/// A batch of messages with these UIDs and announced sizes, and a reader for it that takes each message but those in
/// `duplicates`.
struct Scene {
  explicit Scene(const std::vector<std::pair<Uid, std::uint64_t>>& announced) : batch(batch_of(announced)) {}

  static Batch batch_of(const std::vector<std::pair<Uid, std::uint64_t>>& announced) {
    Batch made;
    std::uint32_t position = 0;
    for (const auto& [uid, size] : announced) made.add(Batch::Item(position++, uid, size, {}));
    return made;
  }

  void inlined(Uid uid, std::string_view bytes) { reader.on(Response(fetch_of(uid, body(bytes)))); }
  void inlined_nil(Uid uid) {
    BodySection section;
    section.nil = true;
    reader.on(Response(fetch_of(uid, section)));
  }
  /// A literal that is streamed in two parts, `size` bytes by its announcement. The UID may come before it or behind
  /// it.
  void streamed(Uid uid, std::string_view bytes, bool is_uid_known = true) {
    BodySection section;
    section.streamed = true;
    section.size = bytes.size();
    FetchResponse head;
    head.uid = is_uid_known ? uid : 0;
    const LiteralBegin begin{&head, section};
    REQUIRE(reader.accepts(head));
    imap::LiteralSink* sink = reader.literal_sink(begin);
    REQUIRE(sink != nullptr);
    run(sink->begin(begin));
    const std::size_t half = bytes.size() / 2;
    run(sink->write(bytes.substr(0, half)));
    run(sink->write(bytes.substr(half)));
    run(sink->end());
    reader.on(Response(fetch_of(uid, section)));
  }
  std::string bytes(Uid uid) {
    const Batch::Item* item = batch.find(uid);
    return item->state == State::arrived ? std::string(batch.bytes_of(*item)) : "";
  }
  State state(Uid uid) { return batch.find(uid)->state; }

  Batch batch;
  std::vector<Uid> duplicates;
  std::vector<std::string> seen;
  BatchReader reader{batch, [this](Batch::Item& item, std::string_view bytes) {
                       seen.push_back(std::to_string(item.uid) + " " + std::string(bytes));
                       return std::find(duplicates.begin(), duplicates.end(), item.uid) == duplicates.end();
                     }};
};

constexpr std::uint64_t tolerated = 1 << 20;

}  // namespace

TEST_CASE("batch: what it holds") {
  Batch batch = Scene::batch_of({{3, 10}, {4, 20}, {5, 0}, {9, 7}});
  CHECK(batch.announced_bytes() == 37);
  CHECK(batch.uid_set() == "3:5,9");
  CHECK(batch.items().size() == 4);
  CHECK(batch.find(4)->size == 20);
  CHECK(batch.find(9)->position == 3);
  for (const Uid uid : {0U, 2U, 6U, 10U}) CHECK(batch.find(uid) == nullptr);
  CHECK(Batch().uid_set() == "");
}

TEST_CASE("batch: messages arrive in any order, kept or streamed, of a size that may differ from the announced one") {
  Scene scene({{1, 5}, {2, 5}, {3, 5}, {4, 5}});
  scene.inlined(3, "three is longer");
  scene.streamed(1, "one");
  scene.streamed(4, "four", false);
  scene.inlined(2, "");
  CHECK(scene.bytes(1) == "one");
  CHECK(scene.bytes(2) == "");
  CHECK(scene.state(2) == State::arrived);
  CHECK(scene.bytes(3) == "three is longer");
  CHECK(scene.batch.find(3)->size == 15);
  CHECK(scene.bytes(4) == "four");
  CHECK(scene.seen == std::vector<std::string>{"3 three is longer", "1 one", "4 four", "2 "});
}

TEST_CASE("batch: takes FETCH data of its own messages, and what has no UID") {
  Scene scene({{1, 5}, {3, 5}});
  const auto accepts = [&scene](Uid uid) {
    FetchResponse fetch;
    fetch.uid = uid;
    return scene.reader.accepts(fetch);
  };
  CHECK(accepts(0));
  CHECK(accepts(1));
  CHECK(!accepts(2));
  CHECK(accepts(3));
  BodySection header;
  header.section = "HEADER";
  FetchResponse head;
  CHECK(scene.reader.literal_sink(LiteralBegin{&head, header}) == nullptr);
}

TEST_CASE("batch: flags, headers and messages of others do not make a message arrive") {
  Scene scene({{1, 5}});
  FetchResponse flags;
  flags.uid = 1;
  flags.has_flags = true;
  scene.reader.on(Response(flags));
  BodySection header = body("header");
  header.section = "HEADER";
  scene.reader.on(Response(fetch_of(1, header)));
  scene.reader.on(Response(imap::proto::NumberResponse{}));
  scene.inlined(7, "other");
  scene.inlined(0, "nobody's");
  CHECK(scene.state(1) == State::expected);
  CHECK(scene.seen.empty());
}

TEST_CASE("batch: a message that the server has no body for") {
  Scene scene({{1, 5}, {2, 5}});
  scene.inlined_nil(1);
  scene.inlined(2, "two");
  CHECK(scene.state(1) == State::empty);
  CHECK(scene.bytes(2) == "two");
}

TEST_CASE("batch: a duplicate is dropped, and the bytes of the others stay what they are") {
  Scene scene({{1, 5}, {2, 5}, {3, 5}, {4, 5}});
  scene.duplicates = {2, 3};
  scene.inlined(1, "one");
  scene.inlined(2, "two");
  scene.streamed(3, "three");
  scene.inlined(4, "four");
  CHECK(scene.state(2) == State::duplicate);
  CHECK(scene.state(3) == State::duplicate);
  CHECK(scene.bytes(1) == "one");
  CHECK(scene.bytes(4) == "four");
}

TEST_CASE("batch: a message that comes twice counts once") {
  Scene scene({{1, 5}, {2, 5}});
  scene.inlined(1, "one");
  scene.inlined(1, "other");
  scene.streamed(1, "again");
  scene.inlined_nil(1);
  scene.streamed(2, "two");
  CHECK(scene.bytes(1) == "one");
  CHECK(scene.bytes(2) == "two");
  CHECK(scene.seen.size() == 2);
}

TEST_CASE("batch: a message much larger than announced is taken out, and the others stay") {
  for (const bool is_streamed : {false, true}) {
    Scene scene({{1, 5}, {2, 5}, {3, 5}, {4, 5}});
    const std::string large(tolerated + 100, 'x');
    scene.inlined(1, "one");
    if (is_streamed) {
      scene.streamed(2, large);
    } else {
      scene.inlined(2, large);
    }
    scene.streamed(3, "three");
    scene.inlined(4, "four");
    CHECK(scene.state(2) == State::oversized);
    CHECK(scene.bytes(1) == "one");
    CHECK(scene.bytes(3) == "three");
    CHECK(scene.bytes(4) == "four");
  }
}

TEST_CASE("batch: somewhat larger than announced is fine") {
  Scene scene({{1, 5}, {2, 5}});
  const std::string large(tolerated, 'x');
  scene.streamed(1, large);
  scene.inlined(2, "two");
  CHECK((scene.bytes(1) == large));
  CHECK(scene.bytes(2) == "two");
}

TEST_CASE("batch: a body whose bytes went elsewhere has not arrived") {
  // The literal came before its UID, while an older FETCH was in flight that took it.
  Scene scene({{1, 5}, {2, 5}});
  scene.inlined(1, "one");
  BodySection section;
  section.streamed = true;
  section.size = 3;
  scene.reader.on(Response(fetch_of(2, section)));
  CHECK(scene.state(2) == State::expected);
  CHECK(scene.bytes(1) == "one");
  scene.inlined(2, "two");
  CHECK(scene.bytes(2) == "two");
}
