// The command line on arbitrary words: it must not crash, throw, or say what a terminal would obey.
//
// Words are separated by line ends; tests/fuzz/command_line.dict has the options. A file that is named exists when its
// name begins with "f", and holds the rest of it.
#include "cli/parse.hpp"
#include "cli/to_config.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace imapferry;

namespace {

void require(bool is_true, const char* what, std::string_view detail) {
  if (is_true) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  // What is similar to an unknown word takes long to find.
  constexpr std::size_t most = 16;
  while (!text.empty() && words.size() < most) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

cli::Surroundings surroundings() {
  cli::Surroundings result;
  result.environment = [](const std::string&) { return std::optional<std::string>(); };
  result.read_file = [](const std::string& path, std::size_t) -> core::Result<std::string> {
    if (!path.starts_with('f')) return core::Failure{core::Fault::input, "no such file", {}};
    return path.substr(1);
  };
  return result;
}

/// Where messages are one line for each problem, nothing in them may begin a new one or move the cursor.
void check_message(std::string_view message) {
  for (const char c : message) {
    require(static_cast<unsigned char>(c) >= 0x20 || c == '\n', "a control character in a message", message);
  }
}

void check_wiping(const std::vector<std::string>& words) {
  std::vector<std::string> copies{"imapferry"};
  copies.insert(copies.end(), words.begin(), words.end());
  std::vector<char*> argv;
  std::vector<std::size_t> lengths;
  for (std::string& copy : copies) {
    // As the system hands them over: they end at the first NUL.
    copy.resize(std::min(copy.find('\0'), copy.size()));
    argv.push_back(copy.data());
    lengths.push_back(copy.size());
  }
  cli::wipe_passwords_in_argv(static_cast<int>(argv.size()), argv.data());
  for (std::size_t i = 0; i < copies.size(); ++i) {
    require(std::string_view(argv[i]).size() == lengths[i], "wiping has changed a length", copies[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> words = words_of(std::string_view(reinterpret_cast<const char*>(data), size));
  check_wiping(words);
  const auto options = cli::parse_arguments(words);
  if (!options) {
    check_message(options.error().message);
    return 0;
  }
  const auto invocation = cli::to_config(*options, surroundings());
  if (!invocation) {
    check_message(invocation.error().message);
    return 0;
  }
  for (const std::string& warning : invocation->warnings) check_message(warning);
  for (const std::string& line : invocation->presets) check_message(line);
  return 0;
}
