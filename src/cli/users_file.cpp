#include "cli/users_file.hpp"

#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace imapferry::cli {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The fields of a line, or why there are none.
struct Fields {
  std::vector<std::string> values;
  std::string problem;
};

/// Reads the fields of one line; the grammar stands in the header.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}

  Fields read() {
    Fields fields;
    while (fields.problem.empty()) {
      skip_blanks();
      std::string value = at('"') ? quoted(fields.problem) : plain();
      fields.values.push_back(std::move(value));
      if (!at(';')) break;
      ++position_;
    }
    return fields;
  }

 private:
  [[nodiscard]] bool at(char c) const { return position_ < line_.size() && line_[position_] == c; }
  void skip_blanks() {
    while (position_ < line_.size() && is_blank(line_[position_])) ++position_;
  }

  std::string quoted(std::string& problem) {
    std::string value;
    for (++position_; position_ < line_.size(); ++position_) {
      if (!at('"')) {
        value += line_[position_];
        continue;
      }
      if (position_ + 1 == line_.size() || line_[position_ + 1] != '"') break;
      value += '"';
      ++position_;
    }
    if (position_ == line_.size()) {
      problem = "a double quote is opened and never closed";
      return value;
    }
    ++position_;
    skip_blanks();
    if (position_ < line_.size() && !at(';'))
      problem = "expected ';' after a closing double quote (a quote within quotes is written twice)";
    return value;
  }

  std::string plain() {
    std::string value;
    std::size_t kept = 0;  // up to here blanks at the end are meant
    for (; position_ < line_.size() && !at(';'); ++position_) {
      char c = line_[position_];
      const char next = position_ + 1 < line_.size() ? line_[position_ + 1] : '\0';
      if (c == '\\' && (next == ';' || next == '\\')) {
        c = next;
        ++position_;
      }
      value += c;
      if (!is_blank(c)) kept = value.size();
    }
    value.resize(kept);
    return value;
  }

  std::string_view line_;
  std::size_t position_ = 0;
};

/// Well-formed UTF-8 (RFC 3629).
bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : (lead & 0xF0) == 0xE0        ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool is_outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    if (is_overlong || is_outside) return false;
    i += length;
  }
  return true;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

/// Why no line with these bytes can be read, or nothing.
std::optional<std::string> unreadable(std::string_view line) {
  if (line.size() > max_users_line) return fmt::format("the line is longer than {} bytes", max_users_line);
  if (line.find('\0') != std::string_view::npos) return "the line holds a NUL byte";
  if (!is_utf8(line)) return "the line is not valid UTF-8";
  if (has_control(line)) return "the line holds a control character";
  return std::nullopt;
}

/// The fields of a line by their meaning.
struct Columns {
  std::string host1, user1, password1, host2, user2, password2;
  bool names_hosts = false;
};

/// Sorts the fields of either form into columns, or says why they are neither.
std::optional<std::string> sort_out(std::vector<std::string>& fields, Columns& columns) {
  const std::size_t count = fields.size();
  // The short form has 4, the long one 6; what a final ';' adds is empty; imapsync's loops allow more options at the
  // end.
  const bool has_extra = (count == 5 || count == 7 || count == 8) && !fields[count == 5 ? 4 : 6].empty();
  if (has_extra || (count == 8 && !fields[7].empty())) {
    return count == 5
               ? "expected 4 fields, user1;password1;user2;password2, saw 5 (write \\; for a ';' within a password)"
               : "more options at the end of a line are not supported";
  }
  const bool is_short = count == 4 || count == 5 || (count == 6 && fields[4].empty() && fields[5].empty());
  if (is_short) {
    columns.user1 = std::move(fields[0]);
    columns.password1 = std::move(fields[1]);
    columns.user2 = std::move(fields[2]);
    columns.password2 = std::move(fields[3]);
    return std::nullopt;
  }
  if (count < 6 || count > 8) {
    return fmt::format(
        "expected 4 fields, user1;password1;user2;password2, or 6 with the hosts before each user, saw {}", count);
  }
  columns.names_hosts = true;
  columns.host1 = clean_host(fields[0]);
  columns.user1 = std::move(fields[1]);
  columns.password1 = std::move(fields[2]);
  columns.host2 = clean_host(fields[3]);
  columns.user2 = std::move(fields[4]);
  columns.password2 = std::move(fields[5]);
  return std::nullopt;
}

/// The whole file, line after line.
class FileReader {
 public:
  explicit FileReader(const ExpectedHosts& expected)
      : expected_{lower(clean_host(expected.host1)), lower(clean_host(expected.host2))} {}

  UsersFile read(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      bad(0, "the file is in UTF-16; it has to be saved as UTF-8");
      return std::move(users_);
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
      const auto end = text.find('\n');
      std::string_view content = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (content.ends_with('\r')) content.remove_suffix(1);
      line(number, content);
    }
    if (users_.accounts.empty() && users_.bad_line_count == 0) bad(0, "the file names no account");
    return std::move(users_);
  }

 private:
  void line(std::size_t number, std::string_view content) {
    if (auto problem = unreadable(content)) return bad(number, std::move(*problem));
    const std::string_view inside = trimmed(content);
    if (inside.empty() || inside.starts_with('#')) return;
    Fields fields = LineReader(content).read();
    if (!fields.problem.empty()) return bad(number, std::move(fields.problem));
    Columns columns;
    auto problem = sort_out(fields.values, columns);
    for (std::string& value : fields.values) core::wipe(value);
    if (!problem) problem = check(number, columns);
    if (problem) {
      bad(number, std::move(*problem));
    } else {
      add(number, columns);
    }
    core::wipe(columns.password1);
    core::wipe(columns.password2);
  }

  std::optional<std::string> check(std::size_t number, const Columns& columns) {
    if (columns.user1.empty()) return "user1 is empty";
    if (columns.password1.empty()) return "password1 is empty";
    if (columns.user2.empty()) return "user2 is empty";
    if (columns.password2.empty()) return "password2 is empty";
    if (auto problem = check_hosts(columns)) return problem;
    const auto [earlier, is_new] = lines_.try_emplace(std::pair(columns.user1, columns.user2), number);
    if (!is_new) return fmt::format("the same user1 and user2 as in line {}", earlier->second);
    return std::nullopt;
  }

  /// One run has one source and one destination server: every line must mean the same two.
  std::optional<std::string> check_hosts(const Columns& columns) {
    if (!columns.names_hosts) return std::nullopt;
    if (columns.host1.empty()) return "host1 is empty";
    if (columns.host2.empty()) return "host2 is empty";
    if (auto problem = check_host("host1", columns.host1, expected_.host1, users_.host1)) return problem;
    return check_host("host2", columns.host2, expected_.host2, users_.host2);
  }

  static std::optional<std::string> check_host(std::string_view name, const std::string& host,
                                               const std::string& wanted, std::string& named) {
    if (!wanted.empty() && lower(host) != wanted) return fmt::format("{0} is not the host of --{0}", name);
    if (!named.empty() && lower(host) != lower(named)) {
      return fmt::format("{} is not that of the lines before; a run has one pair of servers", name);
    }
    if (named.empty()) named = host;
    return std::nullopt;
  }

  void add(std::size_t number, Columns& columns) {
    config::AccountSpec account;
    account.line = number;
    account.name = columns.user1 == columns.user2 ? columns.user1 : columns.user1 + " -> " + columns.user2;
    account.source = config::Login{std::move(columns.user1), core::Secret(columns.password1)};
    account.destination = config::Login{std::move(columns.user2), core::Secret(columns.password2)};
    users_.accounts.push_back(std::move(account));
  }

  void bad(std::size_t number, std::string reason) {
    if (++users_.bad_line_count <= max_bad_lines) users_.bad_lines.push_back(BadLine{number, std::move(reason)});
  }

  ExpectedHosts expected_;
  UsersFile users_;
  std::map<std::pair<std::string, std::string>, std::size_t> lines_;
};

}  // namespace

UsersFile parse_users(std::string_view text, const ExpectedHosts& expected) { return FileReader(expected).read(text); }

core::Failure describe_bad_lines(const UsersFile& users, std::string_view path) {
  std::string text = fmt::format("users file {}: ", core::printable(path));
  if (users.bad_lines.size() == 1 && users.bad_lines[0].line == 0) {
    return core::Failure{core::Fault::input, text + users.bad_lines[0].reason, {}};
  }
  text += fmt::format("{} bad line{}, nothing was started", users.bad_line_count, users.bad_line_count == 1 ? "" : "s");
  for (const BadLine& bad : users.bad_lines) text += fmt::format("\n  line {}: {}", bad.line, bad.reason);
  if (users.bad_line_count > users.bad_lines.size()) {
    text += fmt::format("\n  and {} more", users.bad_line_count - users.bad_lines.size());
  }
  return core::Failure{core::Fault::input, std::move(text), {}};
}

}  // namespace imapferry::cli
