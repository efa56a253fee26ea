#include "imap/server.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace imapferry::imap;

namespace {

std::string describe(const Server& server) {
  std::string out;
  for (const Route& route : routes_to(server)) {
    if (!out.empty()) out += ", ";
    out += std::to_string(route.port);
    if (route.implicit_tls) out += " tls";
    if (route.start_tls == Route::StartTls::if_offered) out += " starttls if offered";
    if (route.start_tls == Route::StartTls::required) out += " starttls";
    if (route.is_probe) out += " probe";
    if (route.may_login_in_clear) out += " clear";
  }
  return out;
}

}  // namespace

TEST_CASE("routes: which ports are tried, in which order, and how they are protected") {
  using Protection = Server::Protection;
  Server server;
  CHECK(describe(server) == "993 tls probe, 143 starttls if offered");
  server.probe_tls_port = false;
  CHECK(describe(server) == "143 starttls if offered");
  server.allow_starttls = false;
  CHECK(describe(server) == "143");
  server.probe_tls_port = true;
  CHECK(describe(server) == "993 tls probe, 143");
  server.allow_starttls = true;

  server.port = 993;
  CHECK(describe(server) == "993 tls");
  server.port = 1143;
  CHECK(describe(server) == "1143 starttls if offered");

  server.protection = Protection::tls;
  CHECK(describe(server) == "1143 tls");
  server.port.reset();
  CHECK(describe(server) == "993 tls");

  server.protection = Protection::starttls;
  CHECK(describe(server) == "143 starttls");
  server.allow_starttls = false;
  CHECK(describe(server) == "143 starttls");
  server.port = 993;
  CHECK(describe(server) == "993 starttls");

  server.protection = Protection::none;
  CHECK(describe(server) == "993 clear");
  server.port.reset();
  CHECK(describe(server) == "143 clear");
}
