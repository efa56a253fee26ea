#include "sync/message/label_translator.hpp"

#include "imap/proto/flags.hpp"
#include "imap/proto/mailbox_name.hpp"

#include <algorithm>
#include <array>

namespace imapferry::sync {

using imap::proto::equals_ignoring_case;

namespace {

constexpr std::string_view inbox_label = "\\Inbox";
constexpr std::string_view sent_label = "\\Sent";

/// Those that mean something else than a mailbox among others.
constexpr std::array never_carried = {std::string_view("\\Starred"), std::string_view("\\Draft"),
                                      std::string_view("\\Drafts"),  std::string_view("\\Trash"),
                                      std::string_view("\\Spam"),    std::string_view("\\Junk"),
                                      std::string_view("\\AllMail")};

bool is_never_carried(std::string_view label) {
  return std::any_of(never_carried.begin(), never_carried.end(),
                     [label](std::string_view name) { return equals_ignoring_case(name, label); });
}

}  // namespace

bool is_special_label(std::string_view label) noexcept { return label.starts_with('\\'); }

LabelTranslator::LabelTranslator(const LabelNames& names, std::string_view destination)
    : names_(names), own_(imap::proto::is_inbox(destination) ? inbox_label : destination) {}

bool LabelTranslator::is_own(std::string_view label) const { return equals_ignoring_case(label, own_); }

std::string LabelTranslator::operator()(std::string_view label) const {
  const auto listed = names_.mailboxes.find(label);
  std::string there = listed != names_.mailboxes.end() ? listed->second : by_name(label);
  if (is_never_carried(there) || is_own(there)) return {};
  return there;
}

/// What LIST does not show (Gmail hides labels from IMAP on request) goes by its name alone.
std::string LabelTranslator::by_name(std::string_view label) const {
  const std::string& root = names_.source_root;
  if (!root.empty()) {
    if (!label.starts_with(root)) return {};
    label.remove_prefix(root.size());
    if (imap::proto::is_inbox(label)) label = inbox_label;
  }
  if (names_.destination_root.empty()) return std::string(label);
  if (equals_ignoring_case(label, inbox_label)) return names_.destination_root + "INBOX";
  return is_special_label(label) ? std::string() : names_.destination_root + std::string(label);
}

bool LabelTranslator::is_ours(std::string_view label) const {
  if (is_never_carried(label) || equals_ignoring_case(label, sent_label) || is_own(label)) return false;
  if (has_roots() && is_special_label(label)) return false;
  return label.starts_with(names_.destination_root);
}

}  // namespace imapferry::sync
