#include "net/tls_context.hpp"

#include "core/failure.hpp"
#include "net/error_text.hpp"

#include <boost/asio/execution_context.hpp>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace imapferry::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

[[noreturn]] void fail_with(const std::string& path, std::string_view what, const boost::system::error_code& error) {
  throw core::Error(core::Fault::input, fmt::format("cannot {} {}: {}", what, core::printable(path), clause_of(error)));
}

int version_of(int number) {
  switch (number) {
  case 10: return TLS1_VERSION;
  case 11: return TLS1_1_VERSION;
  case 12: return TLS1_2_VERSION;
  default: return TLS1_3_VERSION;
  }
}

void set_versions(SSL_CTX* native, const TlsOptions& options) {
  SSL_CTX_set_min_proto_version(native, version_of(options.lowest_version));
  SSL_CTX_set_max_proto_version(native, version_of(options.highest_version));
  // OpenSSL takes the digests of the old versions for too weak, unless it is told to take everything.
  if (options.lowest_version < 12) SSL_CTX_set_security_level(native, 0);
}

void show_ourselves(ssl::context& context, const TlsOptions& options) {
  if (options.certificate_file.empty()) return;
  boost::system::error_code error;
  context.use_certificate_chain_file(options.certificate_file, error);
  if (error) fail_with(options.certificate_file, "use the certificate in", error);
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  context.use_private_key_file(key, ssl::context::pem, error);
  if (error) fail_with(key, "use the private key in", error);
}

void trust_authorities(ssl::context& context, const TlsOptions& options) {
  boost::system::error_code error;
  const std::string& ca_file = options.ca_file;
  if (!options.ca_path.empty()) {
    context.add_verify_path(options.ca_path, error);
    if (error) fail_with(options.ca_path, "look for certificate authorities in", error);
  }
  if (ca_file.empty() && options.ca_path.empty()) {
    context.set_default_verify_paths(error);
    if (error) {
      throw core::Error(core::Fault::input,
                        fmt::format("cannot load the system's certificate authorities: {}", clause_of(error)));
    }
    return;
  }
  if (ca_file.empty()) return;
  context.load_verify_file(ca_file, error);
  if (error) fail_with(ca_file, "load certificate authorities from", error);
  // The file says whom to trust, so a server's own certificate or an intermediate one in it is enough.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context.native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
}

std::unique_ptr<ssl::context> make_context(const TlsOptions& options, bool verify) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX* native = context->native_handle();
  set_versions(native, options);
  if (!options.ciphers.empty() && SSL_CTX_set_cipher_list(native, options.ciphers.c_str()) != 1) {
    throw core::Error(core::Fault::input, fmt::format("no TLS cipher is in \"{}\"", core::printable(options.ciphers)));
  }
  show_ourselves(*context, options);
  // An idle connection gives its record buffers back; there may be hundreds.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  if (verify) trust_authorities(*context, options);
  context->set_verify_mode(verify ? ssl::verify_peer : ssl::verify_none);
  return context;
}

/// Belongs to the loop's context rather than to the process: no global state, and it goes when the loop goes.
class TlsContexts final : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;

  explicit TlsContexts(asio::execution_context& owner) : service(owner) {}

  ssl::context& get(const TlsOptions& options) {
    const bool verify = options.verify && options.fingerprints.empty();
    const std::string trusted = verify ? options.ca_file + '\0' + options.ca_path : std::string();
    Key wanted(verify, trusted, options.ciphers, options.certificate_file + '\0' + options.key_file,
               options.lowest_version, options.highest_version);
    std::unique_ptr<ssl::context>& slot = contexts_[std::move(wanted)];
    if (!slot) slot = make_context(options, verify);
    return *slot;
  }

 private:
  void shutdown() override {}

  using Key = std::tuple<bool, std::string, std::string, std::string, int, int>;
  std::map<Key, std::unique_ptr<ssl::context>> contexts_;
};

asio::execution_context::id TlsContexts::id;

}  // namespace

ssl::context& tls_context(const asio::any_io_executor& executor, const TlsOptions& options) {
  auto& owner = asio::query(executor, asio::execution::context_as<asio::execution_context&>);
  return asio::use_service<TlsContexts>(owner).get(options);
}

}  // namespace imapferry::net
