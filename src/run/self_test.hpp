#pragma once

#include "sync/self_test.hpp"

namespace imapferry::run {

using sync::self_checks;
using sync::SelfCheck;

}  // namespace imapferry::run
