#include "cli/tls_options.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

using Words = std::vector<std::string>;

core::Result<config::TlsSpec> read(const Words& settings) {
  Words argv;
  for (const std::string& setting : settings) {
    argv.insert(argv.end(), {"--sslargs1", setting});
  }
  const auto options = parse_arguments(argv);
  REQUIRE(options.has_value());
  std::vector<std::string> warnings;
  return tls_from(*options, Side::source, warnings);
}

config::TlsSpec good(const Words& settings) {
  auto tls = read(settings);
  REQUIRE_MESSAGE(tls.has_value(), tls.error().message);
  return *tls;
}

std::string refused(const Words& settings) {
  const auto tls = read(settings);
  return tls ? "accepted" : tls.error().message;
}

}  // namespace

TEST_CASE("tls options: versions as IO::Socket::SSL writes them") {
  struct Case {
    std::string_view text;
    int lowest, highest;
  };
  const Case cases[] = {
      {"TLSv1_2", 12, 12},         {"TLSv12", 12, 12},          {"tlsv1.3", 13, 13},
      {"TLSv1", 10, 10},           {"SSLv23", 12, 13},          {"SSLv23:!SSLv2:!SSLv3", 12, 13},
      {"SSLv23:!TLSv1_2", 13, 13}, {"SSLv23:!TLSv1_3", 12, 12}, {"!TLSv1", 12, 13},
      {"TLSv1_1:TLSv1_2", 11, 12},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.text));
    const config::TlsSpec tls = good({"SSL_version=" + std::string(one.text)});
    CHECK(tls.lowest_version == one.lowest);
    CHECK(tls.highest_version == one.highest);
  }
  for (const std::string_view text : {"SSLv3", "SSLv2", "nonsense", "", "TLSv1:TLSv1_3", "SSLv23:!TLSv1_2:!TLSv1_3"}) {
    CAPTURE(std::string(text));
    CHECK(refused({"SSL_version=" + std::string(text)}) != "accepted");
  }
  const auto options = parse_arguments({"--ssl1_SSL_version", "TLSv1_3"});
  std::vector<std::string> warnings;
  CHECK(tls_from(*options, Side::source, warnings)->lowest_version == 13);
  CHECK(tls_from(*options, Side::destination, warnings)->lowest_version == 12);
}

TEST_CASE("tls options: fingerprints") {
  const std::string digits(64, 'a');
  CHECK(good({"SSL_fingerprint=sha256$" + digits}).fingerprints == Words{"sha256$" + digits});
  CHECK(good({"SSL_fingerprint=SHA256$AA:" + digits.substr(2)}).fingerprints == Words{"sha256$" + digits});
  CHECK(good({"SSL_fingerprint=sha256$" + digits + ",sha256$" + digits}).fingerprints.size() == 2);
  for (const std::string& text : {std::string("sha256$00"), digits, std::string(), "md5$" + digits.substr(32),
                                  "sha256$pub$" + digits, "sha256$" + std::string(64, 'x')}) {
    CAPTURE(text);
    CHECK(refused({"SSL_fingerprint=" + text}).find("SSL_fingerprint") != std::string::npos);
  }
}

TEST_CASE("tls options: files, ciphers, names; what has no meaning here is refused by name") {
  const config::TlsSpec tls = good({"SSL_ca_file=/a", "SSL_ca_path=/b", "SSL_cipher_list=HIGH", "SSL_cert_file=/c",
                                    "SSL_key_file=/k", "SSL_verifycn_name=imap.example"});
  CHECK(tls.ca_file == "/a");
  CHECK(tls.ca_path == "/b");
  CHECK(tls.ciphers == "HIGH");
  CHECK(tls.certificate_file == "/c");
  CHECK(tls.key_file == "/k");
  CHECK(tls.expected_name == "imap.example");
  CHECK(tls.verify_certificate);
  CHECK(refused({"SSL_ocsp_mode=1"}) == "--sslargs1: imapferry does not have SSL_ocsp_mode");
  CHECK(refused({"SSL_key_file=/k"}) == "--sslargs1: SSL_key_file needs SSL_cert_file");
  CHECK(refused({"SSL_ca_file="}) == "--sslargs1: SSL_ca_file is empty");
}

}  // namespace imapferry::cli
