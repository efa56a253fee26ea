#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <string>

namespace imapferry::core {

/// The first line of a file, which holds a password or a token. Blocks. Fails with Fault::input, naming the file.
[[nodiscard]] Result<Secret> read_secret(const std::string& path);

}  // namespace imapferry::core
