#include "book.hpp"

#include "random.hpp"

#include <array>

namespace imapferry::bench::synthetic {

namespace {

constexpr std::array<std::string_view, words> all_words = {
    "able",     "about",   "account", "after",   "again",  "agenda", "answer",  "attached", "back",    "before",
    "board",    "budget",  "build",   "call",    "change", "check",  "client",  "close",    "comment", "complete",
    "contract", "copy",    "cost",    "data",    "date",   "day",    "decide",  "delay",    "design",  "detail",
    "document", "draft",   "each",    "early",   "email",  "error",  "every",   "example",  "expect",  "figure",
    "file",     "final",   "find",    "first",   "follow", "friday", "general", "good",     "group",   "help",
    "idea",     "include", "invoice", "issue",   "item",   "join",   "keep",    "large",    "last",    "letter",
    "list",     "local",   "long",    "made",    "mail",   "matter", "meeting", "message",  "minute",  "monday",
    "morning",  "name",    "need",    "network", "next",   "note",   "number",  "office",   "order",   "paper",
    "part",     "people",  "place",   "plan",    "please", "point",  "problem", "project",  "quarter", "question",
    "ready",    "report",  "result",  "server",  "team",   "week",
};

constexpr std::size_t text_width = Book::line_size - 2;
// A line whose end no further word fits is filled up, so that all lines have one size and a body can have any.
constexpr std::size_t shortest_room = 9;

void add_line(std::string& text, Random& random) {
  const std::size_t end = text.size() + text_width;
  while (end - text.size() > shortest_room) {
    text += word(random.below(words));
    text += ' ';
  }
  text.append(end - text.size(), '.');
  text += "\r\n";
}

}  // namespace

std::string_view word(std::size_t number) noexcept { return all_words[number % words]; }

Book::Book(std::uint64_t seed) {
  text_.reserve(pages * page_size);
  Random random(mix(seed ^ hash_of("book")));
  while (text_.size() < pages * page_size) add_line(text_, random);
}

}  // namespace imapferry::bench::synthetic
