#include "net/tls_layer.hpp"

#include "net/certificate.hpp"
#include "net/error_text.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace imapferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// The largest plaintext of one record (RFC 8446 section 5.1).
constexpr std::size_t record_size = 16 * 1024;
// So much goes to or comes from the kernel at once; more saves little, and each of hundreds of connections has it
// thrice.
constexpr std::size_t transfer_size = 2 * record_size;

/// Why OpenSSL did not do what it was asked; would_block when it only needs more from the server.
error_code error_after(const SSL* session, int result) {
  switch (SSL_get_error(session, result)) {
  case SSL_ERROR_WANT_READ: return asio::error::would_block;
  case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
  default: return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
  }
}

bool set_expected_host(SSL* session, const std::string& name) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size()) == 1;
}

bool set_expected_address(SSL* session, const asio::ip::address& address) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(session);
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return X509_VERIFY_PARAM_set1_ip(expected, bytes.data(), bytes.size()) == 1;
  }
  const auto bytes = address.to_v6().to_bytes();
  return X509_VERIFY_PARAM_set1_ip(expected, bytes.data(), bytes.size()) == 1;
}

}  // namespace

void TlsLayer::FreeSession::operator()(ssl_st* session) const noexcept { SSL_free(session); }

TlsLayer::TlsLayer(Socket& socket, const TlsOptions& options, std::string server_name)
    : socket_(socket), session_(SSL_new(tls_context(socket.get_executor(), options).native_handle())),
      server_name_(std::move(server_name)), verify_(options.verify && options.fingerprints.empty()),
      fingerprints_(options.fingerprints), lowest_version_(options.lowest_version) {
  BIO* transport = BIO_new(transport_method());
  if (!session_ || transport == nullptr) throw std::bad_alloc();
  BIO_set_data(transport, &transport_);
  BIO_set_init(transport, 1);
  SSL_set_bio(session_.get(), transport, transport);
  SSL_set_connect_state(session_.get());
  // The dot of a fully qualified name is neither in certificates nor sent (RFC 6066 section 3).
  if (server_name_.ends_with('.')) server_name_.pop_back();
  expect_server();
}

bio_method_st* TlsLayer::transport_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "imapferry transport");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_write(made, [](BIO* bio, const char* bytes, int size) {
      static_cast<Transport*>(BIO_get_data(bio))->outgoing.append(bytes, static_cast<std::size_t>(size));
      return size;
    });
    BIO_meth_set_read(made, [](BIO* bio, char* into, int size) {
      Transport& transport = *static_cast<Transport*>(BIO_get_data(bio));
      BIO_clear_retry_flags(bio);
      const std::size_t count = std::min(transport.end - transport.begin, static_cast<std::size_t>(size));
      if (count == 0) {
        BIO_set_retry_read(bio);
        return -1;
      }
      std::memcpy(into, transport.incoming.data() + transport.begin, count);
      transport.begin += count;
      return static_cast<int>(count);
    });
    BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH ? 1 : 0; });
    return made;
  }();
  return method;
}

void TlsLayer::expect_server() {
  SSL* session = session_.get();
  error_code not_an_address;
  const auto address = asio::ip::make_address(server_name_, not_an_address);
  bool is_set = true;
  if (not_an_address) {
    is_set = SSL_set_tlsext_host_name(session, server_name_.c_str()) == 1 &&
             (!verify_ || set_expected_host(session, server_name_));
  } else if (verify_) {
    is_set = set_expected_address(session, address);
  }
  if (!is_set) {
    ERR_clear_error();
    throw core::Error(core::Fault::tls,
                      fmt::format("\"{}\" cannot be a TLS server's name", core::printable(server_name_)));
  }
  if (!verify_) return;
  SSL_set_app_data(session, this);
  SSL_set_verify(session, SSL_VERIFY_PEER, &TlsLayer::judge_certificate);
}

int TlsLayer::judge_certificate(int is_trusted, x509_store_ctx_st* verification) {
  const void* session = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx());
  auto* self = static_cast<TlsLayer*>(SSL_get_app_data(static_cast<const SSL*>(session)));
  if (is_trusted == 0) self->refusal_ = describe_refusal(*verification, self->server_name_);
  return is_trusted;
}

asio::awaitable<std::optional<core::Failure>> TlsLayer::handshake() {
  error_code error = asio::error::would_block;
  while (error == asio::error::would_block) {
    ERR_clear_error();
    const int result = SSL_do_handshake(session_.get());
    error = result == 1 ? error_code() : error_after(session_.get(), result);
    // Also when it has failed: the server hears why.
    const error_code unsent = co_await flush();
    if (error != asio::error::would_block) break;
    error = unsent;
    if (!error) error = co_await receive();
    if (!error) error = asio::error::would_block;
  }
  std::optional<core::Failure> failure;
  if (error) failure = handshake_failure(error);
  if (!error) failure = check_fingerprint();
  co_return failure;
}

/// Before anything of ours is sent.
std::optional<core::Failure> TlsLayer::check_fingerprint() const {
  if (fingerprints_.empty()) return std::nullopt;
  const X509* certificate = SSL_get0_peer_certificate(session_.get());
  std::string found;
  for (const std::string& wanted : fingerprints_) {
    if (certificate != nullptr) found = fingerprint_of(certificate, wanted.substr(0, wanted.find('$')));
    if (!found.empty() && found == wanted) return std::nullopt;
  }
  return core::Failure{core::Fault::certificate,
                       fmt::format("the certificate is another one than was asked for: its fingerprint is {}", found),
                       {}};
}

core::Failure TlsLayer::handshake_failure(const error_code& error) const {
  if (!refusal_.empty()) return {core::Fault::certificate, refusal_, {}};
  if (error == asio::error::eof) {
    return {core::Fault::closed, "the server closed the connection during the TLS handshake", {}};
  }
  if (error.category() != asio::error::get_ssl_category()) {
    return {
        core::Fault::closed, fmt::format("the connection was lost during the TLS handshake: {}", clause_of(error)), {}};
  }
  const auto code = static_cast<unsigned long>(error.value());
  switch (ERR_GET_REASON(code)) {
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_HTTP_REQUEST:
  case SSL_R_PACKET_LENGTH_TOO_LONG:
    return {core::Fault::tls, "the server does not speak TLS there (perhaps it is a plain port)", {}};
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_WRONG_SSL_VERSION:
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    return {core::Fault::tls, fmt::format("the server does not speak TLS 1.{} or newer", lowest_version_ - 10), {}};
  default: break;
  }
  const char* reason = ERR_reason_error_string(code);
  return {
      core::Fault::tls, fmt::format("the TLS handshake failed: {}", reason == nullptr ? error.message() : reason), {}};
}

/// Waits for bytes from the server. Their end is eof: many servers close without a close_notify, and the protocol above
/// knows whether the end was expected.
asio::awaitable<error_code> TlsLayer::receive() {
  // OpenSSL asks for more only when it has taken everything.
  std::vector<char>& incoming = transport_.incoming;
  const bool was_filled = transport_.end == incoming.size();
  transport_.begin = transport_.end = 0;
  // It begins small: a destination has little to say, and there may be hundreds.
  if (was_filled && incoming.size() < transfer_size) incoming.resize(std::max(record_size, 2 * incoming.size()));
  const auto [error, count] =
      co_await socket_.async_read_some(asio::buffer(incoming.data(), incoming.size()), as_result);
  transport_.end = count;
  co_return error;
}

asio::awaitable<std::pair<error_code, std::size_t>> TlsLayer::read_some(std::span<char> into) {
  std::size_t total = 0;
  error_code error;
  while (!error && total < into.size()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(session_.get(), into.data() + total, into.size() - total, &count);
    total += count;
    if (result == 1) continue;
    // Whatever it is will be met again by the next read.
    if (total > 0) break;
    error = error_after(session_.get(), result);
    if (error == asio::error::would_block) error = co_await receive();
  }
  co_return std::pair<error_code, std::size_t>(error, total);
}

asio::awaitable<error_code> TlsLayer::write(std::span<const std::string_view> pieces) {
  error_code error;
  staged_.clear();
  for (std::string_view piece : pieces) {
    while (!piece.empty() && !error) {
      if (staged_.empty() && piece.size() >= record_size) {
        const std::size_t whole = std::min(piece.size() - piece.size() % record_size, transfer_size);
        error = co_await encrypt(piece.substr(0, whole));
        piece.remove_prefix(whole);
      } else {
        const std::size_t count = std::min(record_size - staged_.size(), piece.size());
        staged_.append(piece.substr(0, count));
        piece.remove_prefix(count);
        if (staged_.size() < record_size) continue;
        error = co_await encrypt(staged_);
        staged_.clear();
      }
    }
  }
  if (!error && !staged_.empty()) error = co_await encrypt(staged_);
  if (!error) error = co_await flush();
  co_return error;
}

/// What OpenSSL itself has to say meanwhile (the answer to a key update, found while reading) goes with the next
/// records, as RFC 8446 section 4.6.3 allows.
asio::awaitable<error_code> TlsLayer::encrypt(std::string_view plaintext) {
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(session_.get(), plaintext.data(), plaintext.size(), &written);
  if (result != 1) co_return error_after(session_.get(), result);
  error_code error;
  if (transport_.outgoing.size() >= transfer_size) error = co_await flush();
  co_return error;
}

asio::awaitable<error_code> TlsLayer::flush() {
  while (!transport_.outgoing.empty()) {
    sending_.swap(transport_.outgoing);
    transport_.outgoing.clear();
    std::string_view rest = sending_;
    while (!rest.empty()) {
      const auto [error, count] = co_await socket_.async_write_some(asio::buffer(rest.data(), rest.size()), as_result);
      if (error) co_return error;
      rest.remove_prefix(count);
    }
  }
  co_return error_code();
}

std::string TlsLayer::protection() const {
  const SSL* session = session_.get();
  if (!SSL_is_init_finished(session)) return {};
  return fmt::format("{} {}", SSL_get_version(session), SSL_get_cipher_name(session));
}

}  // namespace imapferry::net
