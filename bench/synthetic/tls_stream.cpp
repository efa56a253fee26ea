#include "tls_stream.hpp"

#include "core/failure.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace imapferry::bench::synthetic {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

[[noreturn]] void fail(const error_code& error) { throw core::Error(core::Fault::closed, error.message()); }

}  // namespace

asio::awaitable<void> TlsServerStream::handshake() {
  const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
  if (error) fail(error);
}

asio::awaitable<std::size_t> TlsServerStream::read_some(std::span<char> into) {
  const auto [error, size] = co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) co_return 0;
  if (error) fail(error);
  co_return size;
}

asio::awaitable<void> TlsServerStream::write(std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces) {
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(piece.data(), piece.size()), as_result);
    if (error) fail(error);
  }
}

asio::awaitable<void> TlsServerStream::start_tls(const net::TlsOptions&) {
  throw core::Error(core::Fault::internal, "TLS was started twice");
  co_return;
}

void TlsServerStream::close() noexcept {
  error_code ignored;
  stream_.lowest_layer().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.lowest_layer().close(ignored);
}

}  // namespace imapferry::bench::synthetic
