#include "sync/message/identity.hpp"

#include "imap/proto/flags.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace imapferry::sync {

namespace {

/// What each byte of a header becomes. Servers change bytes on the way, and a message must stay the same message: Cyrus
/// makes 8-bit bytes of a header "X"; Dovecot makes a NUL 0x80.
constexpr std::array<char, 256> make_normal_bytes() {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = i < 0x80 ? static_cast<char>(i) : 'X';
  for (std::size_t i = 'a'; i <= 'z'; ++i) table[i] = static_cast<char>(i - 'a' + 'A');
  for (std::size_t i = '\t'; i <= '\r'; ++i) table[i] = ' ';
  table[0] = 'X';
  return table;
}
constexpr std::array<char, 256> normal_bytes = make_normal_bytes();

/// Takes the next line of a header off `rest`, with its continuation lines. False at the empty line and at the end.
bool take_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty() || rest.front() == '\n' || rest.substr(0, 2) == "\r\n") return false;
  std::size_t end = 0;
  do {
    const std::size_t newline = rest.find('\n', end);
    end = newline == std::string_view::npos ? rest.size() : newline + 1;
  } while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t'));
  line = rest.substr(0, end);
  rest.remove_prefix(end);
  return true;
}

struct Field {
  std::string_view name;   ///< empty for a line that is no field
  std::string_view value;  ///< then the whole line
};

Field split(std::string_view line) {
  const std::size_t colon = line.substr(0, line.find('\n')).find(':');
  if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') return {{}, line};
  // RFC 5322 section 4.5 allows blanks before the colon.
  const std::size_t last = line.substr(0, colon).find_last_not_of(" \t");
  if (last == std::string_view::npos) return {{}, line};
  return {line.substr(0, last + 1), line.substr(colon + 1)};
}

/// Header lines in their normal form, gathered to be hashed independently of their order.
class NormalLines {
 public:
  explicit NormalLines(std::size_t expected_bytes) {
    text_.reserve(expected_bytes);
    lines_.reserve(16);
  }

  /// Adds "NAME: VALUE"; an empty name means that the value is the line. Returns where the value is.
  std::size_t add(const Field& field) {
    const std::size_t start = text_.size();
    append(field.name);
    if (!field.name.empty()) text_ += ": ";
    const std::size_t value = text_.size();
    append(field.value);
    text_ += '\n';
    lines_.push_back({start, text_.size() - start});
    return value;
  }

  /// Adds a field unless its value says nothing: many messages share an empty Message-Id, or "<>", and are not the
  /// same. Whether it was added.
  bool add_unless_void(const Field& field) {
    const std::size_t start = add(field);
    const std::string_view value = std::string_view(text_).substr(start);
    const bool is_void = value == "\n" || value == "<>\n";
    if (is_void) drop_last();
    return !is_void;
  }

  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
  /// The line that was added last, without its end; empty when there is none.
  [[nodiscard]] std::string_view last() const {
    return lines_.empty() ? std::string_view() : view(lines_.back()).substr(0, lines_.back().size - 1);
  }
  void drop_last() {
    if (lines_.empty()) return;
    text_.resize(lines_.back().start);
    lines_.pop_back();
  }
  /// Cuts the value of the last line off at its first "@", unless nothing would be left.
  void cut_domain() {
    const std::size_t value = last().find(": ") + 2;
    const std::size_t at = last().find('@');
    if (lines_.empty() || at == std::string_view::npos || at <= value) return;
    text_.resize(lines_.back().start + at);
    text_ += '\n';
    lines_.back().size = at + 1;
  }

  [[nodiscard]] Identity hash(const IdentityKey& key, IdentitySource source) {
    std::sort(lines_.begin(), lines_.end(), [this](const Line& a, const Line& b) { return view(a) < view(b); });
    core::SipHasher hasher(key);
    hasher.update(source == IdentitySource::listed_fields ? "fields\n" : "header\n");
    for (const Line& line : lines_) hasher.update(view(line));
    return hasher.finish();
  }

 private:
  /// Ends with "\n", which no normal byte is.
  struct Line {
    std::size_t start;
    std::size_t size;
  };

  [[nodiscard]] std::string_view view(const Line& line) const {
    return std::string_view(text_).substr(line.start, line.size);
  }

  /// Blanks at both ends go, runs of them become one, and each other byte its normal form.
  void append(std::string_view raw) {
    const std::size_t start = text_.size();
    text_.resize(start + raw.size());
    char* const first = text_.data() + start;
    char* out = first;
    bool blank_pending = false;
    for (const char byte : raw) {
      const char normal = normal_bytes[static_cast<std::uint8_t>(byte)];
      if (normal == ' ') {
        blank_pending = out != first;
        continue;
      }
      if (blank_pending) *out++ = ' ';
      blank_pending = false;
      *out++ = normal;
    }
    text_.resize(start + static_cast<std::size_t>(out - first));
  }

  std::string text_;
  std::vector<Line> lines_;
};

/// "MESSAGE-ID: <123@IMAPSYNC>".
bool is_added_id(std::string_view line) {
  constexpr std::string_view begin = "MESSAGE-ID: <";
  constexpr std::string_view end = "@IMAPSYNC>";
  if (!line.starts_with(begin) || !line.ends_with(end) || line.size() <= begin.size() + end.size()) return false;
  const std::string_view number = line.substr(begin.size(), line.size() - begin.size() - end.size());
  return std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_message_id(const Field& field) { return imap::proto::equals_ignoring_case(field.name, "message-id"); }

void gather_listed(const IdentityRule& rule, std::string_view header, NormalLines& lines) {
  std::string_view line;
  while (take_line(header, line)) {
    const Field field = split(line);
    if (!rule.has_field(field.name)) continue;
    if (!lines.add_unless_void(field)) continue;
    if (rule.cuts_domains() && is_message_id(field)) lines.cut_domain();
    if (rule.skips(lines.last())) lines.drop_last();
  }
  if (lines.size() == 1 && is_added_id(lines.last())) lines.drop_last();
}

void gather_all(const IdentityRule& rule, std::string_view header, NormalLines& lines) {
  std::string_view line;
  while (take_line(header, line)) {
    lines.add(split(line));
    if (is_added_id(lines.last()) || rule.skips(lines.last())) lines.drop_last();
  }
}

}  // namespace

bool identity_of_fields(const IdentityRule& rule, std::string_view header_fields, Identity& out) {
  NormalLines lines(header_fields.size() + 2);
  gather_listed(rule, header_fields, lines);
  if (lines.empty()) return false;
  out = lines.hash(rule.key(), IdentitySource::listed_fields);
  return true;
}

IdentityResult identity_of_header(const IdentityRule& rule, std::string_view header) {
  NormalLines lines(std::min<std::size_t>(header.size() + 2, 2048));
  gather_listed(rule, header, lines);
  const IdentitySource source = lines.empty() ? IdentitySource::whole_header : IdentitySource::listed_fields;
  if (source == IdentitySource::whole_header) gather_all(rule, header, lines);
  return {lines.hash(rule.key(), source), source};
}

std::string_view header_of(std::string_view message) {
  std::size_t start = 0;
  while (start < message.size()) {
    const std::size_t newline = message.find('\n', start);
    if (newline == std::string_view::npos) break;
    const std::string_view line = message.substr(start, newline - start);
    start = newline + 1;
    if (line.empty() || line == "\r") return message.substr(0, start);
  }
  return message;
}

}  // namespace imapferry::sync
