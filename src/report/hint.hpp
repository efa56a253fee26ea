#pragma once

#include "core/failure.hpp"
#include "sync/event.hpp"

#include <optional>
#include <string>

namespace imapferry::report {

/// How to choose otherwise, when a failure is about something that the user may decide; else empty.
[[nodiscard]] std::string hint(const core::Failure& failure, std::optional<sync::Side> side);

}  // namespace imapferry::report
