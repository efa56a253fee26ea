#pragma once

namespace imapferry::config {

/// How messages are recognised, and how they are changed on the way.
struct MessageRules {};

}  // namespace imapferry::config
