#pragma once

#include "imap/proto/capabilities.hpp"
#include "shape.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench::synthetic {

enum class Role { source, sink };

/// The command line.
struct Options {
  Role role = Role::source;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  bool tls = false;
  std::string certificate;
  std::string key;
  Shape shape;
  std::uint32_t users = 1;
  bool after_delta = false;
  std::string report;
  imap::proto::Capabilities capabilities;
};

extern const std::string_view usage_text;

/// Throws std::invalid_argument.
[[nodiscard]] Options parse_options(const std::vector<std::string>& arguments);

}  // namespace imapferry::bench::synthetic
