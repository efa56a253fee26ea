#include "cli/server_options.hpp"

#include "cli/tls_options.hpp"
#include "cli/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace imapferry::cli {

namespace {

constexpr std::uint16_t imap_port = 143;
constexpr std::uint16_t imaps_port = 993;

core::Failure usage(std::string message) { return core::Failure{core::Fault::usage, std::move(message), {}}; }

core::Result<std::string> host_from(const ParsedOptions& options, Side side) {
  const std::string name = for_side("host", side);
  const std::string given = options.text(name).value_or("");
  const bool is_cleaned = options.flag("sanitize").value_or(true);
  std::string host = is_cleaned ? clean_host(given) : given;
  if (options.has(name) && host.empty()) return usage(fmt::format("--{} is empty", name));
  if (std::any_of(host.begin(), host.end(),
                  [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })) {
    return usage(fmt::format("--{} holds a blank or a control character", name));
  }
  // More than one colon is an IPv6 address.
  if (std::count(host.begin(), host.end(), ':') == 1) {
    return usage(fmt::format("--{}: expected a name or an address, saw \"{}\"; a port goes into --{}", name,
                             core::printable(host, 80), for_side("port", side)));
  }
  return host;
}

core::Result<void> set_protection(const ParsedOptions& options, Side side, config::ServerSpec& server) {
  const auto ssl = options.flag(for_side("ssl", side));
  const auto tls = options.flag(for_side("tls", side));
  const auto port = options.integer(for_side("port", side));
  if (port) server.port = static_cast<std::uint16_t>(*port);
  server.allow_starttls = tls.value_or(true);
  server.probe_tls_port = !port && !ssl && tls != true && options.flag("sslcheck").value_or(true);
  if (ssl == true && tls == true) {
    return usage(fmt::format("--{} and --{} exclude each other: TLS from the first byte, or STARTTLS",
                             for_side("ssl", side), for_side("tls", side)));
  }
  if (ssl == true || (!ssl && tls != true && server.port == imaps_port)) {
    server.protection = config::Protection::tls;
    if (!port) server.port = imaps_port;
    return {};
  }
  if (tls == true) server.protection = config::Protection::starttls;
  if (ssl == false && tls == false) server.protection = config::Protection::none;
  if (!port && (ssl || tls == true)) server.port = imap_port;
  return {};
}

core::Result<config::AddressFamily> family_from(const ParsedOptions& options) {
  const bool only_ipv4 = options.flag("inet4").value_or(false);
  const bool only_ipv6 = options.flag("inet6").value_or(false);
  if (only_ipv4 && only_ipv6) return usage("--inet4 and --inet6 exclude each other");
  return only_ipv4 ? config::AddressFamily::ipv4 : only_ipv6 ? config::AddressFamily::ipv6 : config::AddressFamily::any;
}

}  // namespace

std::string for_side(std::string_view name, Side side) {
  return std::string(name) + (side == Side::source ? '1' : '2');
}

core::Result<config::ServerSpec> server_from(const ParsedOptions& options, Side side,
                                             std::vector<std::string>& warnings) {
  config::ServerSpec server;
  auto host = host_from(options, side);
  if (!host) return host.error();
  server.host = std::move(*host);
  auto family = family_from(options);
  if (!family) return family.error();
  server.family = *family;
  if (auto done = set_protection(options, side, server); !done) return done.error();
  auto tls = tls_from(options, side, warnings);
  if (!tls) return tls.error();
  server.tls = std::move(*tls);
  const auto own_timeout = options.number(for_side("timeout", side));
  if (const auto seconds = own_timeout ? own_timeout : options.number("timeout")) {
    // Anything above zero must not become "without limit" by rounding.
    server.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(*seconds * 1000)));
  }
  server.keepalive = options.flag(for_side("keepalive", side)).value_or(true);
  server.compress = options.flag(for_side("compress", side)).value_or(false);
  server.send_id = options.flag("id").value_or(true);
  server.reconnects = static_cast<unsigned>(
      options.integer(for_side("reconnectretry", side)).value_or(static_cast<std::int64_t>(server.reconnects)));
  server.known_as = options.text(for_side("knownas", side)).value_or("");
  server.max_connections = static_cast<std::size_t>(options.integer(for_side("maxconnections", side)).value_or(0));
  return server;
}

}  // namespace imapferry::cli
