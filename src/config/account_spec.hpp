#pragma once

#include "core/secret.hpp"

#include <cstddef>
#include <string>

namespace imapferry::config {

struct Login {
  std::string user;
  core::Secret password;
};

/// One source login and the destination login that it goes to.
struct AccountSpec {
  std::string name;      ///< what reports call it: "user1" or "user1 -> user2"
  std::size_t line = 0;  ///< of the users file; 0 for the command line
  Login source;
  Login destination;
};

}  // namespace imapferry::config
