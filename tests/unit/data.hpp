#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>
#include <string>

namespace imapferry::testing {

/// A file of tests/data; the unit's meson.build defines TEST_DATA.
inline nlohmann::json read_data(const std::string& name) {
  std::ifstream file(std::string(TEST_DATA) + "/" + name);
  if (!file) throw std::runtime_error("no test data: " + name);
  return nlohmann::json::parse(file);
}

/// A text of such a file as bytes: each character stands for one.
inline std::string bytes_of(const nlohmann::json& text) {
  const std::string utf8 = text.get<std::string>();
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      bytes += utf8[i];
      continue;
    }
    if (lead != 0xC2 && lead != 0xC3) throw std::runtime_error("a character beyond U+00FF stands for no byte");
    bytes += static_cast<char>((lead & 0x03U) << 6 | (static_cast<unsigned char>(utf8.at(++i)) & 0x3FU));
  }
  return bytes;
}

}  // namespace imapferry::testing
