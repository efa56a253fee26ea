#include "sync/message/header_field.hpp"

#include "imap/proto/flags.hpp"

#include <algorithm>

namespace imapferry::sync {

namespace {

constexpr std::size_t longest_value = 200;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_folded(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

}  // namespace

std::string header_field(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::string_view line = take_line(header);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !imap::proto::equals_ignoring_case(line.substr(0, colon), name)) continue;
    std::string value(line.substr(std::min(line.find_first_not_of(" \t", colon + 1), line.size())));
    while (value.size() < longest_value && is_folded(header)) value += take_line(header);
    value.resize(std::min(value.size(), longest_value));
    return value;
  }
  return {};
}

}  // namespace imapferry::sync
