#include "imap/proto/mailbox_name.hpp"

#include "imap/proto/flags.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace imapferry::imap::proto {

namespace {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr bool is_printable(char32_t c) noexcept { return c >= 0x20 && c <= 0x7E; }
constexpr bool is_high_surrogate(char32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// One well-formed UTF-8 sequence (RFC 3629 section 4); a length of 0 when there is none.
struct Decoded {
  char32_t code_point = 0;
  std::size_t length = 0;
};

Decoded decode_utf8(std::string_view text) noexcept {
  if (text.empty()) return {};
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};

  std::size_t length = 0;
  char32_t smallest = 0;
  if ((lead & 0xE0) == 0xC0) {
    length = 2;
    smallest = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    length = 3;
    smallest = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    length = 4;
    smallest = 0x10000;
  }
  if (length == 0 || text.size() < length) return {};

  char32_t code_point = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = code_point << 6 | (byte(i) & 0x3Fu);
  }
  const bool is_surrogate = is_high_surrogate(code_point) || is_low_surrogate(code_point);
  if (code_point < smallest || is_surrogate || code_point > 0x10FFFF) return {};
  return {code_point, length};
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<std::uint8_t>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

/// Writes one run of UTF-16 units as "&...-".
class ShiftedWriter {
 public:
  explicit ShiftedWriter(std::string& out) : out_(out) {}

  void put(char32_t code_point) {
    if (!open_) out_ += '&';
    open_ = true;
    if (code_point < 0x10000) {
      put_unit(code_point);
    } else {
      put_unit(0xD800 + ((code_point - 0x10000) >> 10));
      put_unit(0xDC00 + ((code_point - 0x10000) & 0x3FF));
    }
  }

  void close() {
    if (!open_) return;
    if (bits_ > 0) out_ += base64_alphabet[pending_ << (6 - bits_) & 0x3F];
    out_ += '-';
    open_ = false;
    pending_ = 0;
    bits_ = 0;
  }

 private:
  void put_unit(char32_t unit) {
    pending_ = pending_ << 16 | static_cast<std::uint32_t>(unit);
    bits_ += 16;
    while (bits_ >= 6) {
      bits_ -= 6;
      out_ += base64_alphabet[pending_ >> bits_ & 0x3F];
    }
    pending_ &= (1u << bits_) - 1;
  }

  std::string& out_;
  bool open_ = false;
  std::uint32_t pending_ = 0;
  unsigned bits_ = 0;
};

/// Reads the UTF-16 units of one run, which must be just what ShiftedWriter would write for them.
class ShiftedReader {
 public:
  explicit ShiftedReader(std::string& out) : out_(out) {}

  bool put(char base64) {
    const std::size_t value = base64_alphabet.find(base64);
    if (value == std::string_view::npos) return false;
    pending_ = pending_ << 6 | static_cast<std::uint32_t>(value);
    bits_ += 6;
    if (bits_ < 16) return true;
    bits_ -= 16;
    const char32_t unit = pending_ >> bits_ & 0xFFFF;
    pending_ &= (1u << bits_) - 1;
    return put_unit(unit);
  }

  /// Six bits or more left over are a character too many, and what pads the last character must be zero.
  [[nodiscard]] bool is_complete() const { return high_ == 0 && bits_ < 6 && pending_ == 0; }

 private:
  bool put_unit(char32_t unit) {
    if (high_ != 0) {
      if (!is_low_surrogate(unit)) return false;
      append_utf8(out_, 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00));
      high_ = 0;
      return true;
    }
    if (unit == 0 || is_printable(unit) || is_low_surrogate(unit)) return false;
    if (is_high_surrogate(unit)) {
      high_ = unit;
    } else {
      append_utf8(out_, unit);
    }
    return true;
  }

  std::string& out_;
  char32_t high_ = 0;
  std::uint32_t pending_ = 0;
  unsigned bits_ = 0;
};

/// Bytes that are neither modified UTF-7 nor UTF-8 are most likely Latin-1, and reading them so keeps different names
/// different. No mailbox name may hold a NUL.
std::string made_utf8(std::string_view name) {
  std::string utf8;
  while (!name.empty()) {
    const Decoded next = decode_utf8(name);
    const char32_t c = next.length > 0 ? next.code_point : static_cast<std::uint8_t>(name.front());
    append_utf8(utf8, c == 0 ? U'\uFFFD' : c);
    name.remove_prefix(next.length > 0 ? next.length : 1);
  }
  return utf8;
}

} // namespace

std::optional<std::string> to_modified_utf7(std::string_view utf8) {
  std::string out;
  ShiftedWriter shifted(out);
  while (!utf8.empty()) {
    const Decoded next = decode_utf8(utf8);
    if (next.length == 0 || next.code_point == 0) return std::nullopt;
    utf8.remove_prefix(next.length);
    if (!is_printable(next.code_point)) {
      shifted.put(next.code_point);
      continue;
    }
    shifted.close();
    out += static_cast<char>(next.code_point);
    if (next.code_point == U'&') out += '-';
  }
  shifted.close();
  return out;
}

std::optional<std::string> from_modified_utf7(std::string_view name) {
  std::string out;
  bool after_shifted = false;
  while (!name.empty()) {
    const char c = name.front();
    name.remove_prefix(1);
    if (c != '&') {
      if (!is_printable(static_cast<std::uint8_t>(c))) return std::nullopt;
      out += c;
      after_shifted = false;
      continue;
    }
    const std::size_t end = name.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view run = name.substr(0, end);
    name.remove_prefix(end + 1);
    if (run.empty()) {
      out += '&';
      after_shifted = false;
      continue;
    }
    // A run right behind another is a "null shift", which RFC 3501 forbids: they would have been written as one.
    if (after_shifted) return std::nullopt;
    after_shifted = true;
    ShiftedReader shifted(out);
    for (const char base64 : run) {
      if (!shifted.put(base64)) return std::nullopt;
    }
    if (!shifted.is_complete()) return std::nullopt;
  }
  return out;
}

WireName from_wire(std::string_view name) {
  if (auto utf8 = from_modified_utf7(name)) return WireName{std::move(*utf8), true};
  return WireName{made_utf8(name), false};
}

bool is_inbox(std::string_view name) noexcept { return equals_ignoring_case(name, "INBOX"); }

bool is_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t length = decode_utf8(bytes).length;
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

} // namespace imapferry::imap::proto
