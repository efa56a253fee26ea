#include "core/failure.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace imapferry::core {

Failure Failure::within(std::string_view context) const {
  return Failure{fault, fmt::format("{}: {}", context, message), server_text};
}

std::string Failure::describe() const {
  if (server_text.empty()) return message;
  return fmt::format("{} (the server says: \"{}\")", message, printable(server_text));
}

bool is_transient(Fault fault) noexcept {
  switch (fault) {
  case Fault::connect:
  case Fault::timeout:
  case Fault::closed:
  case Fault::unavailable: return true;
  case Fault::usage:
  case Fault::input:
  case Fault::tls:
  case Fault::certificate:
  case Fault::authentication:
  case Fault::protocol:
  case Fault::busy:
  case Fault::root:
  case Fault::create:
  case Fault::select:
  case Fault::fetch:
  case Fault::append:
  case Fault::quota:
  case Fault::flags:
  case Fault::labels:
  case Fault::deletion:
  case Fault::rights:
  case Fault::cancelled:
  case Fault::internal: return false;
  }
  return false;
}

std::string_view name_of(Fault fault) noexcept {
  switch (fault) {
  case Fault::usage: return "usage";
  case Fault::input: return "input";
  case Fault::connect: return "connect";
  case Fault::tls: return "tls";
  case Fault::certificate: return "certificate";
  case Fault::authentication: return "authentication";
  case Fault::protocol: return "protocol";
  case Fault::timeout: return "timeout";
  case Fault::closed: return "closed";
  case Fault::unavailable: return "unavailable";
  case Fault::busy: return "busy";
  case Fault::root: return "root";
  case Fault::create: return "create";
  case Fault::select: return "select";
  case Fault::fetch: return "fetch";
  case Fault::append: return "append";
  case Fault::quota: return "quota";
  case Fault::flags: return "flags";
  case Fault::labels: return "labels";
  case Fault::deletion: return "deletion";
  case Fault::rights: return "rights";
  case Fault::cancelled: return "cancelled";
  case Fault::internal: return "internal";
  }
  return "internal";
}

namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629), or 0.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= limit) return out + "...";
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<std::uint8_t>(text[0]);
    const bool is_c1 = length == 2 && first == 0xC2 && static_cast<std::uint8_t>(text[1]) < 0xA0;
    if (length == 0 || first < 0x20 || first == 0x7F || is_c1) {
      out += fmt::format("\\x{:02X}", first);
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

Error::Error(Failure failure) : failure_(std::move(failure)), what_(failure_.describe()) {}

Error::Error(Fault fault, std::string message, std::string server_text)
    : Error(Failure{fault, std::move(message), std::move(server_text)}) {}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) { throw Error(failure); }

}  // namespace imapferry::core
