#include "auth/gnu_sasl.hpp"

#include "auth/base64.hpp"

#include <fmt/format.h>
#include <gsasl.h>
#include <openssl/crypto.h>

#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace imapferry::auth {

namespace {

// So many take about half a second: more than any server is known to ask for, and a hostile one must not stop the loop.
constexpr long most_iterations = 500'000;

struct Done {
  void operator()(Gsasl* library) const noexcept { gsasl_done(library); }
};

struct Finish {
  void operator()(Gsasl_session* session) const noexcept {
    // The library frees its copy of the password without wiping it.
    const char* password = gsasl_property_fast(session, GSASL_PASSWORD);
    if (password != nullptr) OPENSSL_cleanse(const_cast<char*>(password), std::strlen(password));
    gsasl_finish(session);
  }
};

[[noreturn]] void fail(std::string_view mechanism, int code) {
  throw core::Error(core::Fault::internal, fmt::format("GNU SASL cannot do {}: {}", mechanism, gsasl_strerror(code)));
}

/// The work that a SCRAM server asks for in its first message (RFC 5802 section 5.1); 0 where it asks for none.
long iterations_in(std::string_view challenge) {
  const std::string message = from_base64(challenge).value_or("");
  const std::size_t found = message.find(",i=");
  if (!message.starts_with("r=") || found == std::string::npos) return 0;
  long count = 0;
  const char* begin = message.data() + found + 3;
  const auto read = std::from_chars(begin, message.data() + message.size(), count);
  return read.ec == std::errc() ? count : most_iterations + 1;
}

class GnuSasl final : public Exchange {
 public:
  GnuSasl(const Mechanism& mechanism, const Identity& identity) : mechanism_(mechanism) {
    Gsasl* library = nullptr;
    if (const int code = gsasl_init(&library); code != GSASL_OK) fail(mechanism.name, code);
    library_.reset(library);
    Gsasl_session* session = nullptr;
    const std::string name(mechanism.name);
    if (const int code = gsasl_client_start(library, name.c_str(), &session); code != GSASL_OK) fail(name, code);
    session_.reset(session);
    set(GSASL_AUTHID, identity.user);
    if (!identity.authorization.empty()) set(GSASL_AUTHZID, identity.authorization);
    if (!identity.domain.empty()) set(GSASL_REALM, identity.domain);
    set(GSASL_SERVICE, "imap");
    set(GSASL_HOSTNAME, identity.host);
    gsasl_property_set_raw(session, GSASL_PASSWORD, identity.password.reveal().data(),
                           identity.password.reveal().size());
  }

  core::Result<core::Secret> answer(std::string_view challenge) override {
    if (iterations_in(challenge) > most_iterations) {
      return core::Failure{
          core::Fault::protocol,
          fmt::format("the server asks for more than {} rounds of {}", most_iterations, mechanism_.name),
          {}};
    }
    const std::optional<std::string> input = from_base64(challenge);
    if (!input) return refuse(GSASL_BASE64_ERROR);
    char* output = nullptr;
    std::size_t size = 0;
    const int code = gsasl_step(session_.get(), input->data(), input->size(), &output, &size);
    if (code != GSASL_OK && code != GSASL_NEEDS_MORE) return refuse(code);
    is_complete_ = code == GSASL_OK;
    std::string bytes(output != nullptr ? output : "", output != nullptr ? size : 0);
    if (output != nullptr) {
      OPENSSL_cleanse(output, size);
      gsasl_free(output);
    }
    core::Secret message = to_base64(bytes);
    core::wipe(bytes);
    return message;
  }

  [[nodiscard]] bool is_complete() const override { return is_complete_ || !mechanism_.server_proves_itself; }

 private:
  void set(Gsasl_property property, const std::string& value) {
    gsasl_property_set(session_.get(), property, value.c_str());
  }

  [[nodiscard]] core::Failure refuse(int code) const {
    // A server that cannot prove that it knows the password, or one that nobody can talk to.
    const bool is_unproved = code == GSASL_AUTHENTICATION_ERROR;
    const std::string reason = is_unproved ? "the server could not prove that it knows the password"
                                           : fmt::format("the server's part of it is wrong: {}", gsasl_strerror(code));
    return core::Failure{is_unproved ? core::Fault::authentication : core::Fault::protocol,
                         fmt::format("{}: {}", mechanism_.name, reason),
                         {}};
  }

  const Mechanism& mechanism_;
  std::unique_ptr<Gsasl, Done> library_;
  std::unique_ptr<Gsasl_session, Finish> session_;
  bool is_complete_ = false;
};

}  // namespace

std::unique_ptr<Exchange> begin_gnu_sasl(const Mechanism& mechanism, const Identity& identity) {
  return std::make_unique<GnuSasl>(mechanism, identity);
}

}  // namespace imapferry::auth
