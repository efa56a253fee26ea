#pragma once

#include "core/failure.hpp"

namespace imapferry::app {

/// Says on standard error what went wrong before there was a run; returns the exit code.
int complain(const core::Failure& failure);

}  // namespace imapferry::app
