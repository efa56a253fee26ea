#include "feed.hpp"
#include "report/hint.hpp"

#include <doctest/doctest.h>

using namespace imapferry;
using namespace imapferry::report;
using namespace imapferry::report::test;
using core::Fault;
using sync::Side;

TEST_CASE("hint: a certificate that is not trusted can be trusted, on its side") {
  CHECK(hint(failure(Fault::certificate, "it names another host"), Side::source) ==
        "to trust an authority: --sslargs1 SSL_ca_file=FILE; to accept any certificate: --sslargs1 SSL_verify_mode=0");
  CHECK(hint(failure(Fault::certificate, "x"), Side::destination).find("--sslargs2 SSL_verify_mode=0") !=
        std::string::npos);
  CHECK(hint(failure(Fault::certificate, "x"), std::nullopt).find("--sslargsN ") != std::string::npos);
}

TEST_CASE("hint: protection that is missing can be done without; a handshake that failed cannot") {
  CHECK(hint(failure(Fault::tls, "the server does not offer STARTTLS"), Side::destination) ==
        "to go on without protection, with passwords in the clear: --nossl2 --notls2");
  CHECK(hint(failure(Fault::tls, "expected a protected connection, saw none"), Side::source).find("--nossl1") !=
        std::string::npos);
  CHECK(hint(failure(Fault::tls, "h:143: the connection is not protected, and a password is not sent in the clear"),
             Side::source)
            .find("--nossl1") != std::string::npos);
  CHECK(hint(failure(Fault::tls, "the handshake failed: wrong version number"), Side::source).empty());
  CHECK(hint(failure(Fault::tls, "starttls.example:993: the handshake failed"), Side::source).empty());
}

TEST_CASE("hint: the server's words never make one") {
  CHECK(hint(failure(Fault::tls, "the handshake failed", "STARTTLS is not offered"), Side::source).empty());
}

TEST_CASE("hint: other failures have none") {
  CHECK(hint(failure(Fault::authentication, "login refused"), Side::source).empty());
  CHECK(hint(failure(Fault::connect, "no STARTTLS"), Side::source).empty());
}
