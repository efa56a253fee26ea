#include "imap/proto/command.hpp"

#include <algorithm>
#include <string>

namespace imapferry::imap::proto {

namespace {

// RFC 7888 section 5: LITERAL- allows non-synchronising literals of at most 4096 bytes.
constexpr std::uint64_t literal_minus_limit = 4096;
// Servers bound a quoted argument by the length of a line; beyond this a literal is safer.
constexpr std::size_t longest_quoted = 1000;

}  // namespace

LiteralStyle literal_style(const Capabilities& capabilities, std::uint64_t size, bool trusted) {
  if (!trusted) return LiteralStyle::synchronising;
  if (capabilities.has(Capability::literal_plus)) return LiteralStyle::non_synchronising;
  if (capabilities.has(Capability::literal_minus) && size <= literal_minus_limit)
    return LiteralStyle::non_synchronising;
  return LiteralStyle::synchronising;
}

bool can_be_quoted(std::string_view value) noexcept {
  return value.size() <= longest_quoted &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string quoted(std::string_view value) {
  std::string out;
  out.reserve(value.size() + 2);
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return out;
}

Command::Command(CommandKind kind, std::string_view verb) : kind_(kind) { raw(verb); }

Command& Command::raw(std::string_view text) {
  if (text.empty()) return *this;
  if (!pieces_.empty() && pieces_.back().kind == Piece::Kind::text) {
    pieces_.back().size += text.size();
  } else {
    pieces_.push_back(Piece{Piece::Kind::text, text_.size(), text.size(), nullptr});
  }
  text_ += text;
  return *this;
}

Command& Command::astring(std::string_view value, const Capabilities& capabilities) {
  raw(" ");
  if (can_be_quoted(value)) return raw(quoted(value));
  announce(value.size(), literal_style(capabilities, value.size(), true));
  return raw(value);
}

void Command::announce(std::uint64_t size, LiteralStyle style) {
  const bool waits = style == LiteralStyle::synchronising;
  raw("{").raw(std::to_string(size)).raw(waits ? "}\r\n" : "+}\r\n");
  if (waits) wait();
}

Command& Command::literal(std::string_view bytes, LiteralStyle style) {
  announce(bytes.size(), style);
  return borrowed(bytes);
}

Command& Command::streamed_literal(std::uint64_t size, LiteralStyle style) {
  announce(size, style);
  if (size > 0) pieces_.push_back(Piece{Piece::Kind::streamed, 0, size, nullptr});
  return *this;
}

Command& Command::borrowed(std::string_view bytes) {
  if (!bytes.empty()) pieces_.push_back(Piece{Piece::Kind::borrowed, 0, bytes.size(), bytes.data()});
  return *this;
}

Command& Command::borrowed_astring(std::string_view form, bool is_quoted, const Capabilities& capabilities) {
  raw(" ");
  if (!is_quoted) announce(form.size(), literal_style(capabilities, form.size(), true));
  return borrowed(form);
}

Command& Command::dialogue() {
  raw("\r\n");
  pieces_.push_back(Piece{Piece::Kind::dialogue, 0, 0, nullptr});
  return *this;
}

Command& Command::wait() {
  pieces_.push_back(Piece{Piece::Kind::wait, 0, 0, nullptr});
  return *this;
}

Command& Command::alone() {
  is_alone_ = true;
  return *this;
}

}  // namespace imapferry::imap::proto
