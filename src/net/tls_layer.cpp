#include "net/tls_layer.hpp"

#include "net/certificate.hpp"
#include "net/error_text.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace imapferry::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// The largest plaintext of one record (RFC 8446 section 5.1).
constexpr std::size_t record_size = 16 * 1024;

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

TlsLayer::TlsLayer(Socket& socket, const TlsOptions& options, std::string server_name)
    : stream_(socket, tls_context(socket.get_executor(), options)), server_name_(std::move(server_name)),
      verify_(options.verify) {
  // The dot of a fully qualified name is neither in certificates nor sent (RFC 6066 section 3).
  if (server_name_.ends_with('.')) server_name_.pop_back();
  expect_server();
}

void TlsLayer::expect_server() {
  SSL* session = stream_.native_handle();
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
  stream_.set_verify_callback([this](bool is_trusted, ssl::verify_context& verification) {
    if (!is_trusted) refusal_ = describe_refusal(*verification.native_handle(), server_name_);
    return is_trusted;
  });
}

asio::awaitable<std::optional<core::Failure>> TlsLayer::handshake() {
  const auto [error] = co_await stream_.async_handshake(ssl::stream_base::client, as_result);
  std::optional<core::Failure> failure;
  if (error) failure = handshake_failure(error);
  co_return failure;
}

core::Failure TlsLayer::handshake_failure(const error_code& error) const {
  if (!refusal_.empty()) return {core::Fault::certificate, refusal_, {}};
  if (error == ssl::error::stream_truncated || error == asio::error::eof) {
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
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return {core::Fault::tls, "the server does not speak TLS 1.2 or newer", {}};
  default: break;
  }
  const char* reason = ERR_reason_error_string(code);
  return {
      core::Fault::tls, fmt::format("the TLS handshake failed: {}", reason == nullptr ? error.message() : reason), {}};
}

asio::awaitable<std::pair<error_code, std::size_t>> TlsLayer::read_some(std::span<char> into) {
  const auto [result, count] = co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
  // Many servers close without a close_notify; the protocol above knows whether the end was expected.
  const error_code error = result == ssl::error::stream_truncated ? error_code(asio::error::eof) : result;
  co_return std::pair<error_code, std::size_t>(error, count);
}

asio::awaitable<error_code> TlsLayer::write(std::span<const std::string_view> pieces) {
  error_code error;
  staged_.clear();
  for (std::string_view piece : pieces) {
    while (!piece.empty() && !error) {
      if (staged_.empty() && piece.size() >= record_size) {
        const std::size_t whole = piece.size() - piece.size() % record_size;
        const auto written = co_await asio::async_write(stream_, asio::buffer(piece.data(), whole), as_result);
        error = std::get<0>(written);
        piece.remove_prefix(whole);
      } else {
        const std::size_t count = std::min(record_size - staged_.size(), piece.size());
        staged_.append(piece.substr(0, count));
        piece.remove_prefix(count);
        if (staged_.size() == record_size) error = co_await flush();
      }
    }
  }
  if (!error) error = co_await flush();
  co_return error;
}

asio::awaitable<error_code> TlsLayer::flush() {
  if (staged_.empty()) co_return error_code();
  const auto written = co_await asio::async_write(stream_, asio::buffer(staged_), as_result);
  staged_.clear();
  co_return std::get<0>(written);
}

std::string TlsLayer::protection() const {
  // The native handle of a stream is not available from a const one, though nothing is changed here.
  const SSL* session = const_cast<TlsLayer*>(this)->stream_.native_handle();
  if (!SSL_is_init_finished(session)) return {};
  return fmt::format("{} {}", SSL_get_version(session), SSL_get_cipher_name(session));
}

}  // namespace imapferry::net
