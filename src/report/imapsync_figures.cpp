#include "report/imapsync_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

namespace imapferry::report {

namespace {

std::tm local(std::time_t seconds) {
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

std::string formatted(const char* format, const std::tm& parts) {
  std::array<char, 128> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

/// A user's name as a part of a file's: no directories, and of bounded length.
std::string name_part(std::string_view user) {
  constexpr std::size_t longest = 100;
  std::string part = without_forbidden_characters(user.substr(0, longest));
  std::replace(part.begin(), part.end(), '/', '_');
  return part;
}

}  // namespace

std::string binary_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (std::fabs(value) >= 1000 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.3f} {}", value, units[unit]);
}

std::string decimal_bytes(std::uint64_t bytes) {
  struct Unit {
    std::uint64_t size;
    std::string_view name;
  };
  constexpr std::array<Unit, 5> units{{{1'000, "KB"},
                                       {1'000'000, "MB"},
                                       {1'000'000'000, "GB"},
                                       {1'000'000'000'000, "TB"},
                                       {1'000'000'000'000'000, "PB"}}};
  if (bytes < units.front().size) return fmt::format("{} bytes", bytes);
  for (const Unit& unit : units) {
    // In thousandths of the unit, rounded: 999.9996 MB are 1.000 GB.
    const std::uint64_t step = unit.size / 1000;
    const std::uint64_t thousandths = bytes / step + (bytes % step * 2 >= step && step > 1 ? 1 : 0);
    if (thousandths < 1'000'000 || unit.size == units.back().size) {
      return fmt::format("{}.{:03} {}", thousandths / 1000, thousandths % 1000, unit.name);
    }
  }
  return {};
}

double time_remaining(double spent, std::uint64_t transferred, double left) {
  return spent / static_cast<double>(std::max<std::uint64_t>(transferred, 1)) * left;
}

std::string long_date(std::chrono::system_clock::time_point time) {
  return formatted("%A %d %B %Y-%m-%d %H:%M:%S %z %Z", local(std::chrono::system_clock::to_time_t(time)));
}

std::string without_forbidden_characters(std::string_view text) {
  constexpr std::string_view forbidden = "*|?:\"<>'\\ ";
  std::string result(text);
  for (char& c : result) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || forbidden.find(c) != std::string_view::npos) c = '_';
  }
  return result;
}

std::string log_file_name(std::chrono::system_clock::time_point start, std::string_view user1, std::string_view user2,
                          std::string_view directory, std::string_view suffix) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(start);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  const std::string stamp = formatted("%Y_%m_%d_%H_%M_%S", local(std::chrono::system_clock::to_time_t(seconds)));
  const std::string folder =
      directory.empty() ? "" : fmt::format("{}{}", directory, directory.ends_with('/') ? "" : "/");
  return fmt::format("{}{}_{:03}_{}_{}{}.txt", folder, stamp, (milliseconds - seconds).count(), name_part(user1),
                     name_part(user2), suffix);
}

}  // namespace imapferry::report
