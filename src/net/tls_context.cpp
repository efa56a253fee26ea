#include "net/tls_context.hpp"

#include "core/failure.hpp"
#include "net/error_text.hpp"

#include <boost/asio/execution_context.hpp>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <map>
#include <memory>
#include <utility>

namespace imapferry::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

void trust_authorities(ssl::context& context, const std::string& ca_file) {
  boost::system::error_code error;
  if (ca_file.empty()) {
    context.set_default_verify_paths(error);
    if (error) {
      throw core::Error(core::Fault::input,
                        fmt::format("cannot load the system's certificate authorities: {}", clause_of(error)));
    }
    return;
  }
  context.load_verify_file(ca_file, error);
  if (error) {
    throw core::Error(core::Fault::input, fmt::format("cannot load certificate authorities from {}: {}",
                                                      core::printable(ca_file), clause_of(error)));
  }
  // The file says whom to trust, so a server's own certificate or an intermediate one in it is enough.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context.native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
}

std::unique_ptr<ssl::context> make_context(bool verify, const std::string& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // An idle connection gives its record buffers back; there may be hundreds.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  if (verify) trust_authorities(*context, ca_file);
  context->set_verify_mode(verify ? ssl::verify_peer : ssl::verify_none);
  return context;
}

/// Belongs to the loop's context rather than to the process: no global state, and it goes when the loop goes.
class TlsContexts final : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;

  explicit TlsContexts(asio::execution_context& owner) : service(owner) {}

  ssl::context& get(bool verify, const std::string& ca_file) {
    std::unique_ptr<ssl::context>& slot = contexts_[{verify, ca_file}];
    if (!slot) slot = make_context(verify, ca_file);
    return *slot;
  }

 private:
  void shutdown() override {}

  std::map<std::pair<bool, std::string>, std::unique_ptr<ssl::context>> contexts_;
};

asio::execution_context::id TlsContexts::id;

}  // namespace

ssl::context& tls_context(const asio::any_io_executor& executor, const TlsOptions& options) {
  auto& owner = asio::query(executor, asio::execution::context_as<asio::execution_context&>);
  const std::string ca_file = options.verify ? options.ca_file : std::string();
  return asio::use_service<TlsContexts>(owner).get(options.verify, ca_file);
}

}  // namespace imapferry::net
