#include "imap/server.hpp"

namespace imapferry::imap {

namespace {

constexpr std::uint16_t imaps_port = 993;
constexpr std::uint16_t imap_port = 143;

Route tls_route(std::uint16_t port) { return Route{port, true, Route::StartTls::never, false, false}; }

Route plain_route(std::uint16_t port, Route::StartTls start_tls) { return Route{port, false, start_tls, false, false}; }

std::vector<Route> automatic_routes(const Server& server) {
  const auto start_tls = server.allow_starttls ? Route::StartTls::if_offered : Route::StartTls::never;
  if (server.port == imaps_port) return {tls_route(imaps_port)};
  if (server.port) return {plain_route(*server.port, start_tls)};
  std::vector<Route> routes;
  if (server.probe_tls_port) {
    Route probe = tls_route(imaps_port);
    probe.is_probe = true;
    routes.push_back(probe);
  }
  routes.push_back(plain_route(imap_port, start_tls));
  return routes;
}

}  // namespace

std::vector<Route> routes_to(const Server& server) {
  switch (server.protection) {
  case Server::Protection::automatic: return automatic_routes(server);
  case Server::Protection::tls: return {tls_route(server.port.value_or(imaps_port))};
  case Server::Protection::starttls: return {plain_route(server.port.value_or(imap_port), Route::StartTls::required)};
  case Server::Protection::none: break;
  }
  Route route = plain_route(server.port.value_or(imap_port), Route::StartTls::never);
  route.may_login_in_clear = true;
  return {route};
}

}  // namespace imapferry::imap
