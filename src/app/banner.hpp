#pragma once

#include "config/output_spec.hpp"

#include <string>

namespace imapferry::app {

/// The head of a log: what runs, where, since when, and how it was called (secrets masked).
[[nodiscard]] std::string banner(const config::OutputSpec& output);

}  // namespace imapferry::app
