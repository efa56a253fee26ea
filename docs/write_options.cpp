#include "cli/help.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

int check(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text == imapferry::cli::options_markdown()) return 0;
  std::cerr << path << " is not what the option table says: meson compile update-options writes it anew\n";
  return 1;
}

int update(const char* path) {
  std::ofstream file(path, std::ios::binary);
  file << imapferry::cli::options_markdown() << std::flush;
  return file ? 0 : 1;
}

}  // namespace

/// Writes the page of options, or with --check compares it: write_options [--check] FILE
int main(int argc, char** argv) {
  if (argc == 2) return update(argv[1]);
  if (argc == 3 && std::string_view(argv[1]) == "--check") return check(argv[2]);
  std::cerr << "usage: write_options [--check] FILE\n";
  return 64;
}
