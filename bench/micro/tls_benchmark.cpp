#include "total.hpp"

#include <benchmark/benchmark.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

// What OpenSSL itself costs, without sockets and without Asio: the least that a protected connection can cost.

namespace imapferry::micro {
namespace {

template <class T, void (*free)(T*)>
struct Free {
  void operator()(T* object) const { free(object); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Free<T, free>>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Session = Owned<SSL, SSL_free>;

void require(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(what);
}

Certificate certificate_of(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "the certificate could not be signed");
  return certificate;
}

/// Both ends of a connection in memory, with TLS 1.3 and AES-GCM as a mail server would choose it.
class Connection {
 public:
  Connection() : server_context_(SSL_CTX_new(TLS_server_method())), client_context_(SSL_CTX_new(TLS_client_method())) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate = certificate_of(key.get());
    require(SSL_CTX_use_certificate(server_context_.get(), certificate.get()) == 1, "the certificate was refused");
    require(SSL_CTX_use_PrivateKey(server_context_.get(), key.get()) == 1, "the key was refused");
    server_.reset(SSL_new(server_context_.get()));
    client_.reset(SSL_new(client_context_.get()));
    // OpenSSL frees what it reads from and writes to; each is shared by two ends.
    to_server_ = BIO_new(BIO_s_mem());
    to_client_ = BIO_new(BIO_s_mem());
    BIO_up_ref(to_server_);
    BIO_up_ref(to_client_);
    SSL_set_bio(server_.get(), to_server_, to_client_);
    SSL_set_bio(client_.get(), to_client_, to_server_);
    SSL_set_accept_state(server_.get());
    SSL_set_connect_state(client_.get());
    for (int turn = 0; turn < 4; ++turn) {
      SSL_do_handshake(client_.get());
      SSL_do_handshake(server_.get());
    }
    require(SSL_is_init_finished(client_.get()) == 1, "the handshake did not end");
  }

  void write(const std::string& bytes) {
    require(SSL_write(client_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()),
            "the bytes were not written");
  }

  void read(std::string& into) {
    std::size_t count = 0;
    while (count < into.size()) {
      std::size_t more = 0;
      require(SSL_read_ex(server_.get(), into.data() + count, into.size() - count, &more) == 1, "nothing came");
      count += more;
    }
  }

  /// Forgets what was written and not read.
  void forget() { BIO_reset(to_server_); }

  [[nodiscard]] std::string cipher() const { return SSL_get_cipher_name(client_.get()); }

 private:
  Context server_context_;
  Context client_context_;
  Session server_;
  Session client_;
  BIO* to_server_ = nullptr;
  BIO* to_client_ = nullptr;
};

void tls_write(benchmark::State& state) {
  Connection connection;
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    connection.write(bytes);
    connection.forget();
  }
  state.SetBytesProcessed(total(state, bytes.size()));
  state.SetLabel(connection.cipher());
}
BENCHMARK(tls_write)->Arg(100)->Arg(8 << 10)->Arg(128 << 10);

void tls_write_and_read(benchmark::State& state) {
  Connection connection;
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  std::string received(bytes.size(), ' ');
  for (auto _ : state) {
    connection.write(bytes);
    connection.read(received);
    benchmark::DoNotOptimize(received.data());
  }
  state.SetBytesProcessed(total(state, bytes.size()));
  state.SetLabel(connection.cipher());
}
BENCHMARK(tls_write_and_read)->Arg(100)->Arg(8 << 10)->Arg(128 << 10);

}  // namespace
}  // namespace imapferry::micro
