#include "tls_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace imapferry;
using namespace imapferry::net;
using namespace imapferry::net::test;
namespace asio = boost::asio;

namespace {

/// What comes of connecting to a server with this certificate.
Outcome outcome_of(const Identity& identity, const TlsOptions& options) {
  asio::io_context io;
  Listener listener(io);
  asio::ssl::context context = server_context(identity);
  Target target = tls_target(listener);
  target.tls = options;
  Outcome outcome;
  run_together(io, serve_tls_echo(listener, context), connect_once(target, outcome));
  return outcome;
}

void check_refused(const Identity& identity, const TlsOptions& options, const std::string& reason) {
  const Outcome outcome = outcome_of(identity, options);
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->fault == core::Fault::certificate);
  CAPTURE(outcome.failure->message);
  CHECK(outcome.failure->message.starts_with("127.0.0.1:"));
  CHECK(outcome.failure->message.find(reason) != std::string::npos);
}

}  // namespace

TEST_CASE("tls: a certificate for the host is accepted") {
  struct Row {
    const char* common_name;
    const char* alternative_names;
    const char* server_name;  // empty: the address that is connected to, 127.0.0.1
  };
  const Row rows[] = {
      {"x", "DNS:imap.example.org", "imap.example.org"},
      {"x", "DNS:imap.example.org", "imap.example.org."},
      {"x", "DNS:imap.example.org", "IMAP.Example.ORG"},
      {"x", "DNS:*.example.org", "imap.example.org"},
      {"imap.example.org", "", "imap.example.org"},
      {"x", "IP:127.0.0.1", ""},
      {"x", "IP:::1", "::1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.server_name);
    CAPTURE(row.alternative_names);
    const Profile profile{row.common_name, row.alternative_names};
    const Outcome outcome = outcome_of(world().authority.issue(profile), options_for(row.server_name));
    CHECK_MESSAGE(!outcome.failure, outcome.failure.value_or(core::Failure()).message);
    CHECK(outcome.protection == "TLSv1.3 TLS_AES_256_GCM_SHA384");
  }
}

TEST_CASE("tls: a certificate for another host is refused, and its names are told") {
  struct Row {
    const char* common_name;
    const char* alternative_names;
    const char* server_name;
    const char* reason;
  };
  const Row rows[] = {
      {"x", "DNS:a.example.org,DNS:*.b.org", "imap.example.org",
       R"(the certificate is for "a.example.org", "*.b.org", not for imap.example.org)"},
      {"x", "DNS:a.org,DNS:b.org,DNS:c.org,DNS:d.org,DNS:e.org,DNS:f.org", "g.org",
       R"("c.org", "d.org" and 2 more, not for g.org)"},
      {"old.example.org", "", "imap.example.org", R"(is for "old.example.org", not for imap.example.org)"},
      {"x", "DNS:*.example.org", "a.b.example.org", R"("*.example.org", not for a.b.example.org)"},
      {"x", "IP:127.0.0.2,IP:::1", "", "the certificate is for 127.0.0.2, ::1, not for 127.0.0.1"},
      {"127.0.0.1", "", "", R"(the certificate is for "127.0.0.1", not for 127.0.0.1)"},
      {"evil\x1b[2J", "", "imap.example.org", R"("evil\x1B[2J")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.server_name);
    const Profile profile{row.common_name, row.alternative_names};
    check_refused(world().authority.issue(profile), options_for(row.server_name), row.reason);
  }
}

TEST_CASE("tls: a certificate out of its time is refused, with the date") {
  const Profile expired{"localhost", "DNS:localhost", -20, -10};
  check_refused(world().authority.issue(expired), options_for("localhost"),
                R"(the certificate of "localhost" expired on 20)");
  const Profile future{"localhost", "DNS:localhost", 10, 20};
  check_refused(world().authority.issue(future), options_for("localhost"),
                R"(the certificate of "localhost" is not valid before 20)");
}

TEST_CASE("tls: a certificate that nobody vouches for is refused") {
  const Profile profile{"localhost", "DNS:localhost"};
  check_refused(self_signed(profile), options_for("localhost"),
                R"(the certificate is not trusted: self-signed certificate (subject "localhost", issuer "localhost"))");
  const Authority stranger("Some Authority");
  check_refused(stranger.issue(profile), options_for("localhost"),
                R"(unable to get local issuer certificate (subject "localhost", issuer "Some Authority"))");
  TlsOptions system;
  system.server_name = "localhost";
  check_refused(loopback_identity(), system, "unable to get local issuer certificate");
}

TEST_CASE("tls: the CA file may hold the server's own certificate") {
  const Profile profile{"localhost", "DNS:localhost"};
  for (const Identity& identity : {self_signed(profile), world().authority.issue(profile)}) {
    const TemporaryFile own(identity.certificate);
    TlsOptions options = options_for("localhost");
    options.ca_file = own.path();
    const Outcome outcome = outcome_of(identity, options);
    CHECK_MESSAGE(!outcome.failure, outcome.failure.value_or(core::Failure()).message);
  }
}

TEST_CASE("tls: without verification every certificate will do") {
  const Profile profile{"elsewhere", "DNS:elsewhere", -20, -10};
  TlsOptions options = options_for("localhost");
  options.verify = false;
  const Outcome outcome = outcome_of(self_signed(profile), options);
  CHECK_MESSAGE(!outcome.failure, outcome.failure.value_or(core::Failure()).message);
  CHECK(outcome.protection.starts_with("TLSv1.3 "));
}

TEST_CASE("tls: a CA file that is missing or holds no certificate is an input failure") {
  const TemporaryFile rubbish("this is not a certificate");
  for (const std::string& path : {std::string("/nonexistent/ca.pem"), rubbish.path()}) {
    asio::io_context io;
    Listener listener(io);
    Target target = tls_target(listener);
    target.tls.ca_file = path;
    const core::Failure failure = failure_at(io, serve_silence(listener), target);
    CHECK(failure.fault == core::Fault::input);
    CHECK(failure.message.starts_with("cannot load certificate authorities from " + path));
  }
}
