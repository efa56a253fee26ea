#include "cli/login_options.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace imapferry::cli {

namespace {

using Words = std::vector<std::string>;

core::Result<config::LoginSpec> read(const Words& argv, const std::map<std::string, std::string>& files = {}) {
  const auto options = parse_arguments(argv);
  REQUIRE_MESSAGE(options.has_value(), options.error().message);
  Surroundings surroundings;
  surroundings.read_file = [&](const std::string& path, std::size_t) -> core::Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return core::Failure{core::Fault::input, "cannot read it", {}};
    return found->second;
  };
  return login_from(*options, Side::source, surroundings);
}

config::LoginSpec good(const Words& argv, const std::map<std::string, std::string>& files = {}) {
  auto login = read(argv, files);
  REQUIRE_MESSAGE(login.has_value(), login.error().message);
  return *login;
}

std::string refused(const Words& argv, const std::map<std::string, std::string>& files = {}) {
  const auto login = read(argv, files);
  return login ? "accepted" : login.error().message;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("login options: which mechanism") {
  struct Case {
    Words argv;
    std::string_view mechanism;
  };
  const Case cases[] = {
      {{}, ""},
      {{"--authmech1", "plain"}, "PLAIN"},
      {{"--authmech1", "Scram-Sha-256"}, "SCRAM-SHA-256"},
      {{"--authmech2", "PLAIN"}, ""},
      {{"--authmd5"}, "CRAM-MD5"},
      {{"--authmd51"}, "CRAM-MD5"},
      {{"--authmd52"}, ""},
      {{"--authmd5", "--noauthmd51"}, ""},
      {{"--authmd5", "--authmech1", "LOGIN"}, "LOGIN"},
      {{"--authuser1", "admin"}, "PLAIN"},
      {{"--authuser1", "admin", "--authmech1", "SCRAM-SHA-1"}, "SCRAM-SHA-1"},
      {{"--authuser1", "admin", "--proxyauth1"}, ""},
      {{"--domain1", "D"}, "NTLM"},
      {{"--authmech1", "x-masterauth"}, "X-MASTERAUTH"},
      {{"--oauthaccesstoken1", "t"}, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.argv.size());
    CHECK(good(one.argv).mechanism == one.mechanism);
  }
}

TEST_CASE("login options: what cannot be, by name") {
  CHECK(contains(refused({"--authmech1", "KERBEROS"}), "--authmech1: expected one of LOGIN, PLAIN, CRAM-MD5"));
  CHECK(contains(refused({"--authmech1", "x-masterauth", "--authuser1", "a", "--proxyauth1"}), "exclude each other"));
  CHECK(contains(refused({"--authmech1", "X-MASTERAUTH", "--authuser1", "a"}), "--authuser1 needs PLAIN"));
  CHECK(contains(refused({"--proxyauth1"}), "--proxyauth1 needs --authuser1"));
  CHECK(contains(refused({"--authuser1", " "}), "--authuser1 is empty"));
  CHECK(contains(refused({"--authuser1", "a", "--authmech1", "LOGIN"}), "--authuser1 needs PLAIN"));
  CHECK(contains(refused({"--authuser1", "a", "--authmd51"}), "--authuser1 needs PLAIN"));
  CHECK(contains(refused({"--domain1", "d", "--authmech1", "PLAIN"}), "--domain1 is for NTLM"));
  CHECK(contains(refused({"--oauthaccesstoken1", "t", "--oauthdirect1", "u"}), "exclude each other"));
  CHECK(contains(refused({"--oauthaccesstoken1", "t", "--authmech1", "PLAIN"}), "takes no OAuth2 token"));
  CHECK(
      contains(refused({"--oauthdirect1", "t", "--authmech1", "OAUTHBEARER"}), "--oauthdirect1 is a text for XOAUTH2"));
}

TEST_CASE("login options: a token is a text or lies in a file") {
  CHECK(good({"--oauthaccesstoken1", "ya29.abc/def"}).token.reveal() == "ya29.abc/def");
  CHECK_FALSE(good({"--oauthaccesstoken1", "ya29.abc"}).is_token_whole);
  CHECK(good({"--oauthdirect1", "dXNlcg=="}).is_token_whole);
  const std::map<std::string, std::string> files = {
      {"/run/token", "ya29.abc\nmore\n"}, {"empty", "\n"}, {"odd", "a b\n"}};
  const config::LoginSpec login = good({"--oauthaccesstoken1", "/run/token"}, files);
  CHECK(login.token_file == "/run/token");
  CHECK(login.token.empty());
  CHECK(login.has_token());
  CHECK_FALSE(login.needs_password());
  for (const auto& [value, what] :
       {std::pair("empty", "is no token"), std::pair("odd", "is no token"),
        std::pair("s3cret token", "neither a token nor a file"), std::pair("", "neither a token nor a file")}) {
    const std::string message = refused({"--oauthaccesstoken1", value}, files);
    CAPTURE(message);
    CHECK(contains(message, what));
    CHECK_FALSE(contains(message, "s3cret"));
  }
  CHECK(contains(refused({"--oauthaccesstoken1", "/no/such/file"}, files), "cannot read it"));
}

TEST_CASE("login options: falling back, and who needs a password") {
  CHECK(good({}).falls_back);
  CHECK_FALSE(good({"--notrylogin"}).falls_back);
  CHECK(good({"--authmech1", "CRAM-MD5"}).needs_password());
  CHECK_FALSE(good({"--authmech1", "EXTERNAL"}).needs_password());
  CHECK_FALSE(good({"--authmech1", "PREAUTH"}).needs_password());
}

}  // namespace imapferry::cli
