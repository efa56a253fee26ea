#pragma once

#include <string>

namespace imapferry::config {

/// Where what is remembered from run to run is kept.
struct StateSpec {
  std::string directory;    ///< empty: nothing is kept
  bool is_default = false;  ///< nobody has named it: when it cannot be used the run goes on without
  bool wait = false;        ///< for accounts that another process works on
};

}  // namespace imapferry::config
