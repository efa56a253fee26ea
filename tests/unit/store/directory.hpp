#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

/// A directory that goes with the test.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "imapferry-store-XXXXXX").string();
    path = ::mkdtemp(name.data()) != nullptr ? name : std::string();
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  [[nodiscard]] std::string file(const char* name) const { return path + "/" + name; }

  std::string path;
};
