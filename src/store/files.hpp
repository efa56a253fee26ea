#pragma once

#include "store/locks.hpp"

#include <optional>
#include <string>

namespace imapferry::store {

/// Makes a directory, and those above it, for this user alone. Says what is wrong, or nothing.
[[nodiscard]] std::optional<std::string> make_directory(const std::string& directory);

/// Makes an empty file that only this user can read, if it is not there.
void make_private_file(const std::string& path);

/// Whether the last process that used a database did not close it.
[[nodiscard]] bool was_left_open(const std::string& path);

/// Moves a database out of the way, if no other process uses it, and returns its new path.
std::optional<std::string> put_aside(const std::string& path, Locks& locks);

}  // namespace imapferry::store
