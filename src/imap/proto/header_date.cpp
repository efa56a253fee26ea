#include "imap/proto/header_date.hpp"

#include "imap/proto/flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace imapferry::imap::proto {

namespace {

// Nobody writes longer ones.
constexpr std::size_t longest_date = 200;

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> american_zones = {{{"EDT", "-0400"},
                                                                                          {"EST", "-0500"},
                                                                                          {"CDT", "-0500"},
                                                                                          {"CST", "-0600"},
                                                                                          {"MDT", "-0600"},
                                                                                          {"MST", "-0700"},
                                                                                          {"PDT", "-0700"},
                                                                                          {"PST", "-0800"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_number(std::string_view word) {
  return !word.empty() && word.size() <= 4 && std::all_of(word.begin(), word.end(), is_digit);
}

int number_of(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

/// 1 to 12; 0 for a word that names no month.
int month_of(std::string_view word) {
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    if (equals_ignoring_case(word.substr(0, 3), month_names[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

int full_year(std::string_view digits) {
  const int year = number_of(digits);
  if (digits.size() == 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.size() == 3 ? 1900 + year : year;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return parts;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// Comments (RFC 5322 section 3.2.2) say in words what the zone says in figures.
std::string without_comments(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

/// Gathers the parts of a date in whatever order they come.
class Reader {
 public:
  bool read(std::string_view word) {
    if (read_zone(word) || read_time(word) || read_joined(word)) return true;
    if (is_number(word)) return read_number(word);
    return read_name(word);
  }

  [[nodiscard]] std::optional<DateTime> result() const {
    if (day_ == 0 || month_ == 0 || year_ < 0 || hour_ < 0) return std::nullopt;
    int hour = hour_;
    if (half_ != 0) {
      if (hour < 1 || hour > 12) return std::nullopt;
      hour = hour % 12 + (half_ == 'p' ? 12 : 0);
    }
    return DateTime::parse(fmt::format("{:02}-{}-{:04} {:02}:{:02}:{:02} {}", day_,
                                       month_names[static_cast<std::size_t>(month_ - 1)], year_, hour, minute_, second_,
                                       zone_));
  }

 private:
  bool read_zone(std::string_view word) {
    const bool is_offset = word.size() == 5 && (word[0] == '+' || word[0] == '-') && is_number(word.substr(1));
    if (is_offset) zone_ = word;
    return is_offset;
  }

  /// "16:00:00", "16:00", and "16.00.00".
  bool read_time(std::string_view word) {
    if (hour_ >= 0) return false;
    std::vector<std::string_view> parts = split(word, ":");
    if (parts.size() < 2) parts = split(word, ".");
    const bool is_time = (parts.size() == 2 || parts.size() == 3) && std::all_of(parts.begin(), parts.end(), is_number);
    if (!is_time) return false;
    hour_ = number_of(parts[0]);
    minute_ = number_of(parts[1]);
    second_ = parts.size() == 3 ? number_of(parts[2]) : 0;
    return true;
  }

  /// "24-Aug-2010", "2015/09/19", and "02/06/09", whose month comes first.
  bool read_joined(std::string_view word) {
    const std::vector<std::string_view> parts = split(word, "-/");
    if (parts.size() != 3 || day_ != 0 || !is_number(parts[2])) return false;
    if (is_number(parts[0]) && month_of(parts[1]) != 0) {
      set_date(number_of(parts[0]), month_of(parts[1]), full_year(parts[2]));
      return true;
    }
    if (!is_number(parts[0]) || !is_number(parts[1])) return false;
    if (parts[0].size() == 4) {
      set_date(number_of(parts[2]), number_of(parts[1]), number_of(parts[0]));
    } else {
      set_date(number_of(parts[1]), number_of(parts[0]), full_year(parts[2]));
    }
    return month_ <= 12;
  }

  void set_date(int day, int month, int year) {
    day_ = day;
    month_ = month;
    year_ = year;
  }

  bool read_number(std::string_view digits) {
    if (digits.size() <= 2 && day_ == 0) {
      day_ = number_of(digits);
    } else if (year_ < 0) {
      year_ = full_year(digits);
    } else {
      return false;
    }
    return true;
  }

  bool read_name(std::string_view word) {
    const bool is_name = std::all_of(word.begin(), word.end(), [](char c) { return is_letter(c) || c == '.'; });
    if (!is_name) return false;
    if (equals_ignoring_case(word, "am") || equals_ignoring_case(word, "pm")) {
      half_ = (word[0] | 0x20) == 'p' ? 'p' : 'a';
    } else if (month_ == 0 && month_of(word) != 0) {
      month_ = month_of(word);
    }
    for (const auto& [name, offset] : american_zones) {
      if (equals_ignoring_case(word, name)) zone_ = offset;
    }
    return true;
  }

  int day_ = 0, month_ = 0, year_ = -1;
  int hour_ = -1, minute_ = 0, second_ = 0;
  char half_ = 0;  ///< 'a' or 'p' of a 12-hour clock
  std::string zone_ = "+0000";
};

}  // namespace

std::optional<DateTime> parse_header_date(std::string_view text) {
  if (text.size() > longest_date) return std::nullopt;
  const std::string plain = without_comments(text);
  std::string_view rest = plain;
  constexpr std::string_view name = "date:";
  if (equals_ignoring_case(rest.substr(0, name.size()), name)) rest.remove_prefix(name.size());
  Reader reader;
  for (const std::string_view word : split(rest, " \t\r\n,")) {
    if (!reader.read(word)) return std::nullopt;
  }
  return reader.result();
}

}  // namespace imapferry::imap::proto
