#pragma once

namespace imapferry::config {

/// What happens to Gmail's labels.
struct LabelRules {
  bool set_on_copies = false;  ///< --synclabels: a copy gets those of its source
  bool bring_in_line = false;  ///< --resynclabels: and so does a message that is there already
  bool is_demanded = false;    ///< by the user, not by a preset alone: servers without labels are a failure then
  [[nodiscard]] bool concern_labels() const { return set_on_copies || bring_in_line; }
};

}  // namespace imapferry::config
