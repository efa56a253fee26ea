#pragma once

#include "imap/proto/labels.hpp"

#include <map>
#include <string>
#include <string_view>

namespace imapferry::sync {

/// Labels by label: on the source, and what is the same on the destination ("" where it stays behind).
using LabelMap = std::map<std::string, std::string, imap::proto::LabelLess>;

/// Where the labels of an account go. A label is the name of a mailbox, so it goes where its mailbox goes.
struct LabelNames {
  LabelMap mailboxes;            ///< of every mailbox that the source lists
  std::string source_root;       ///< --subfolder1 with its delimiter, or empty; for labels that are not listed
  std::string destination_root;  ///< --subfolder2, likewise
};

/// Begins with a backslash: one of Gmail's own.
[[nodiscard]] bool is_special_label(std::string_view label) noexcept;

/// Says what the labels of messages in one mailbox are on the destination.
///
/// Some of Gmail's own are never carried, and never taken away: the star is the flag \\Flagged and goes with the flags,
/// a draft is one by its flag and its mailbox, and what puts a message into Trash or Spam takes it out of all others.
/// That a message was sent is given, but never taken away. Where a branch is carried (--subfolder1, --subfolder2),
/// Gmail's own labels of the accounts around it stay as they are, but for the inbox, which is a mailbox as any other.
class LabelTranslator {
 public:
  /// `destination` is the mailbox's wire name there: messages in it have its label, which Gmail does not tell of them.
  LabelTranslator(const LabelNames& names, std::string_view destination);

  /// The label on the destination; empty when it is not carried.
  [[nodiscard]] std::string operator()(std::string_view label) const;
  /// Whether a label of a message on the destination may be taken away when its source does not have it.
  [[nodiscard]] bool is_ours(std::string_view label) const;

 private:
  [[nodiscard]] std::string by_name(std::string_view label) const;
  [[nodiscard]] bool is_own(std::string_view label) const;
  [[nodiscard]] bool has_roots() const { return !names_.source_root.empty() || !names_.destination_root.empty(); }

  const LabelNames& names_;
  std::string own_;
};

}  // namespace imapferry::sync
