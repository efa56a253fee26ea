#include "imap/proto/labels.hpp"

#include "imap/proto/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace imapferry::imap::proto {

namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_sendable_label(std::string_view label) noexcept { return !label.empty() && can_be_quoted(label); }

std::string label_item(LabelChange change, std::string_view label) {
  if (!is_sendable_label(label)) throw std::logic_error("a label that no command can carry");
  return fmt::format("{}X-GM-LABELS.SILENT ({})", change == LabelChange::add ? '+' : '-', quoted(label));
}

bool LabelLess::operator()(std::string_view a, std::string_view b) const noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

}  // namespace imapferry::imap::proto
