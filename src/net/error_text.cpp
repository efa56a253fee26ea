#include "net/error_text.hpp"

#include "core/failure.hpp"

#include <fmt/format.h>

namespace imapferry::net {

std::string peer_label(std::string_view host, std::uint16_t port) {
  const bool is_ipv6_address = host.find(':') != std::string_view::npos;
  const std::string name = core::printable(host);
  return fmt::format("{}:{}", is_ipv6_address ? "[" + name + "]" : name, port);
}

std::string clause_of(const boost::system::error_code& error) {
  std::string text = error.message();
  const auto is_upper = [&](std::size_t i) { return i < text.size() && text[i] >= 'A' && text[i] <= 'Z'; };
  // Only a capital that begins a word: an abbreviation stays as it is.
  if (is_upper(0) && !is_upper(1)) text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

}  // namespace imapferry::net
