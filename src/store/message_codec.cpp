#include "store/message_codec.hpp"

#include <algorithm>
#include <limits>

namespace imapferry::store {

namespace {

constexpr char version = 1;
constexpr std::size_t checksum_size = 8;
// Marks, two UIDs, an identity, two sizes and two sets of flags take at least this much.
constexpr std::size_t least_message = 1 + 2 + 16 + 2 + 2;

enum Mark : std::uint8_t {
  mark_deleted = 1,
  mark_confirmed = 2,
  mark_source_content = 4,
  mark_destination_content = 8,
  mark_orphan = 16,
};
constexpr std::uint8_t known_marks =
    mark_deleted | mark_confirmed | mark_source_content | mark_destination_content | mark_orphan;

std::uint8_t marks_of(const MessageRecord& message) noexcept {
  unsigned marks = 0;
  if (message.was_deleted) marks |= mark_deleted;
  if (message.is_confirmed) marks |= mark_confirmed;
  if (message.is_orphan) marks |= mark_orphan;
  if (message.source_content) marks |= mark_source_content;
  if (message.destination_content) marks |= mark_destination_content;
  return static_cast<std::uint8_t>(marks);
}

std::uint64_t zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class Writer {
 public:
  void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  void difference(std::uint64_t value, std::uint64_t base) { number(zigzag(static_cast<std::int64_t>(value - base))); }
  void word(std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void hash(const core::Hash128& value) {
    for (const std::uint64_t half : value.bits) word(half);
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  [[nodiscard]] std::string& bytes() noexcept { return out_; }

 private:
  std::string out_;
};

/// Reads what may be anything: once something is wrong it stays so, and every value is 0.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint8_t byte() {
    if (bytes_.empty()) {
      is_good_ = false;
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t digit = byte();
      value |= std::uint64_t{digit & 0x7FU} << shift;
      if ((digit & 0x80U) == 0) return value;
    }
    is_good_ = false;
    return 0;
  }
  std::uint64_t difference(std::uint64_t base) { return base + static_cast<std::uint64_t>(unzigzag(number())); }
  std::uint32_t small(std::uint64_t value) {
    if (value > std::numeric_limits<std::uint32_t>::max()) is_good_ = false;
    return is_good_ ? static_cast<std::uint32_t>(value) : 0;
  }
  std::uint64_t word() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{byte()} << (8 * i);
    return value;
  }
  core::Hash128 hash() {
    core::Hash128 value;
    for (std::uint64_t& half : value.bits) half = word();
    return value;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > bytes_.size()) {
      is_good_ = false;
      return {};
    }
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }
  /// A number of things that take at least `size` bytes each.
  std::size_t count(std::size_t size) {
    const std::uint64_t value = number();
    if (value > bytes_.size() / size) is_good_ = false;
    return is_good_ ? value : 0;
  }
  void fail() noexcept { is_good_ = false; }
  [[nodiscard]] bool is_good() const noexcept { return is_good_; }
  [[nodiscard]] bool is_at_end() const noexcept { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool is_good_ = true;
};

std::uint64_t checksum(std::string_view bytes, const core::HashKey& key) { return core::sip_hash(key, bytes).bits[0]; }

}  // namespace

std::string pack(const Chunk& chunk, const core::HashKey& key) {
  Writer out;
  out.bytes().reserve(64 + chunk.messages.size() * (least_message + 8));
  out.byte(version);
  out.number(chunk.flag_sets.size());
  for (const std::string& flags : chunk.flag_sets) out.text(flags);
  out.number(chunk.messages.size());
  std::uint32_t source_uid = 0;
  std::uint32_t destination_uid = 0;
  for (const MessageRecord& message : chunk.messages) {
    out.byte(marks_of(message));
    out.number(message.source_uid - source_uid);
    out.difference(message.destination_uid, destination_uid);
    out.hash(message.identity);
    out.number(message.source_size);
    out.difference(message.destination_size, message.source_size);
    out.number(message.source_flags);
    out.number(message.destination_flags);
    if (message.source_content) out.hash(*message.source_content);
    if (message.destination_content) out.hash(*message.destination_content);
    source_uid = message.source_uid;
    destination_uid = message.destination_uid;
  }
  out.word(checksum(out.bytes(), key));
  return std::move(out.bytes());
}

std::optional<Chunk> unpack(std::string_view bytes, const core::HashKey& key) {
  if (bytes.size() < checksum_size) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - checksum_size);
  if (checksum(body, key) != checksum_of(bytes)) return std::nullopt;
  Reader in(body);
  if (in.byte() != version) return std::nullopt;
  Chunk chunk;
  chunk.flag_sets.resize(in.count(1));
  for (std::string& flags : chunk.flag_sets) flags = in.text();
  chunk.messages.resize(in.count(least_message));
  std::uint32_t source_uid = 0;
  std::uint32_t destination_uid = 0;
  for (MessageRecord& message : chunk.messages) {
    const std::uint8_t marks = in.byte();
    if ((marks & ~known_marks) != 0) in.fail();
    message.was_deleted = (marks & mark_deleted) != 0;
    message.is_confirmed = (marks & mark_confirmed) != 0;
    message.is_orphan = (marks & mark_orphan) != 0;
    message.source_uid = source_uid = in.small(in.number() + source_uid);
    message.destination_uid = destination_uid = in.small(in.difference(destination_uid));
    message.identity = in.hash();
    message.source_size = in.number();
    message.destination_size = in.difference(message.source_size);
    message.source_flags = in.small(in.number());
    message.destination_flags = in.small(in.number());
    if ((marks & mark_source_content) != 0) message.source_content = in.hash();
    if ((marks & mark_destination_content) != 0) message.destination_content = in.hash();
    const std::size_t sets = chunk.flag_sets.size();
    if (message.source_flags >= sets || message.destination_flags >= sets) in.fail();
    if (!in.is_good()) return std::nullopt;
  }
  if (!in.is_good() || !in.is_at_end()) return std::nullopt;
  return chunk;
}

std::uint64_t checksum_of(std::string_view packed) {
  if (packed.size() < checksum_size) return 0;
  return Reader(packed.substr(packed.size() - checksum_size)).word();
}

}  // namespace imapferry::store
