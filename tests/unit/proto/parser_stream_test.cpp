#include "every_way.hpp"

#include <random>

using namespace imapferry::testing;
using imapferry::imap::proto::ParserLimits;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) { return random() % bound; }

/// Bytes that look like IMAP as much as bytes of a message can.
std::string body(Random& random) {
  static constexpr std::string_view scraps[] = {"\r\n", ")",  "(", "{5}\r\n",   "* 1 FETCH (",
                                                "\"",   "\\", "x", "A1 OK\r\n", "\xC3\xA9"};
  std::string out;
  for (std::size_t n = below(random, 30); n > 0; --n) out += scraps[below(random, std::size(scraps))];
  if (below(random, 8) == 0) out.append(below(random, 3000), 'z');
  return out;
}

std::string literal(std::string_view bytes) { return fmt::format("{{{}}}\r\n{}", bytes.size(), bytes); }

struct Generated {
  std::string bytes;
  std::vector<std::string> responses;  // their descriptions
};

void add_fetch(Random& random, std::uint32_t sequence, Generated& to) {
  const std::uint32_t uid = sequence + 100;
  const std::string header = body(random);
  const std::string text = body(random);
  to.bytes += fmt::format(
      "* {} FETCH (BODY[HEADER.FIELDS (MESSAGE-ID)] {} UID {} X-GM-LABELS (\"a)\" b) BODY[] {} FLAGS (\\Seen k{}))\r\n",
      sequence, literal(header), uid, literal(text), sequence);
  to.responses.push_back(fmt::format(
      "fetch {} uid={} flags:'\\Seen':'k{}' labels:'a)':'b' body[HEADER.FIELDS (MESSAGE-ID)]{{{}}}{} body[]{{{}}}{}",
      sequence, uid, sequence, header.size(), quote(header), text.size(), quote(text)));
}

Generated generate(Random& random, std::size_t responses) {
  Generated made;
  for (std::uint32_t i = 1; made.responses.size() < responses; ++i) {
    switch (below(random, 6)) {
    case 0:
      made.bytes += fmt::format("* {} EXISTS\r\n", i);
      made.responses.push_back(fmt::format("exists {}", i));
      break;
    case 1: {
      const std::string name = body(random).substr(0, 40) + "x";
      made.bytes += fmt::format("* LIST (\\Marked) \"/\" {}\r\n", literal(name));
      made.responses.push_back("list attributes=4 delimiter='/' mailbox=" + quote(name));
      break;
    }
    case 2:
      made.bytes += fmt::format("A{} OK [APPENDUID 1 {}] done {{{}}}\n", i, i, i);
      made.responses.push_back(
          fmt::format("ok tag='A{}' code='APPENDUID' argument='1 {}' text='done {{{}}}'", i, i, i));
      break;
    default: add_fetch(random, i, made);
    }
  }
  return made;
}

}  // namespace

TEST_CASE("parser: a long stream is the same however it arrives") {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    CAPTURE(seed);
    Random random(seed);
    const Generated made = generate(random, 300);
    for (const std::size_t kept : {std::size_t{41}, std::size_t{200}, std::size_t{64} << 10}) {
      CAPTURE(kept);
      ParserLimits limits;
      limits.inline_literals = kept;
      std::vector<std::size_t> pieces;
      for (int i = 0; i < 500; ++i) pieces.push_back(1 + below(random, i % 10 == 0 ? 5000 : 90));
      const Fed whole = feed_whole(made.bytes, limits);
      const Fed cut = feed(made.bytes, limits, pieces);
      CHECK(cut.failure == "");
      CHECK(cut.responses == made.responses);
      CHECK(cut.events == whole.events);
    }
  }
}

TEST_CASE("parser: any damage to a stream is the same failure however it arrives, and never more than that") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Generated made = generate(random, 6);
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = below(random, made.bytes.size());
      static constexpr std::string_view odd("\r\n(){}[]\"\\ *+0\0\xFF", 16);
      made.bytes[at] = odd[below(random, odd.size())];
    }
    ParserLimits limits;
    limits.inline_literals = below(random, 100);
    limits.line = 40 + below(random, 200);
    const Fed whole = feed_whole(made.bytes, limits);
    const std::size_t one[] = {1};
    const std::size_t some[] = {1 + below(random, 50), 1 + below(random, 500)};
    CHECK(feed(made.bytes, limits, one).events == whole.events);
    CHECK(feed(made.bytes, limits, some).events == whole.events);
  }
}
