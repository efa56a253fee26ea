#pragma once

#include <string>
#include <string_view>

namespace imapferry::imap::proto {

// Labels of Gmail (X-GM-EXT-1): every label is a mailbox too, named in modified UTF-7. Those that are Gmail's own begin
// with a backslash: "\\Inbox", "\\Important".

enum class LabelChange { add, remove };

/// Whether a command may carry a label: printable ASCII that a quoted string holds.
[[nodiscard]] bool is_sendable_label(std::string_view label) noexcept;

/// What UID STORE takes: `+X-GM-LABELS.SILENT ("Muy Importante")`. The label must be sendable; a label that is not
/// throws std::logic_error rather than become a part of the command.
[[nodiscard]] std::string label_item(LabelChange change, std::string_view label);

/// Gmail has no two labels that differ in the case of ASCII letters only.
struct LabelLess {
  using is_transparent = void;
  [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const noexcept;
};

}  // namespace imapferry::imap::proto
