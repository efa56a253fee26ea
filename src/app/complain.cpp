#include "app/complain.hpp"

#include "report/exit_code.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace imapferry::app {

int complain(const core::Failure& failure) {
  fmt::print(stderr, "imapferry: {}\n", failure.describe());
  return report::exit_code(failure);
}

}  // namespace imapferry::app
