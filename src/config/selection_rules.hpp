#pragma once

namespace imapferry::config {

/// Which messages of a mailbox are copied.
struct SelectionRules {};

}  // namespace imapferry::config
