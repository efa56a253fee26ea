#include "net/socket_stream.hpp"

#include "core/failure.hpp"
#include "net/error_text.hpp"
#include "net/tls_layer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>
#include <utility>

namespace imapferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

bool has_loopback_peer(const SocketStream::Socket& socket) {
  error_code error;
  const asio::ip::address address = socket.remote_endpoint(error).address();
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace

SocketStream::SocketStream(Socket socket, std::string host, std::uint16_t port)
    : socket_(std::move(socket)), host_(std::move(host)), label_(peer_label(host_, port)),
      is_loopback_(has_loopback_peer(socket_)) {}

SocketStream::~SocketStream() { close(); }

asio::awaitable<std::size_t> SocketStream::read_some(std::span<char> into) {
  // Nothing read into no room would look like the end of the stream.
  assert(!into.empty());
  error_code error = asio::error::operation_aborted;
  std::size_t count = 0;
  // A second read would wait for ever: Asio asks the kernel only after a new event, and after the end none comes.
  if (is_at_end_ && !is_closed_) co_return 0;
  if (!is_closed_ && tls_) {
    std::tie(error, count) = co_await tls_->read_some(into);
  } else if (!is_closed_) {
    std::tie(error, count) = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
  }
  if (is_closed_) fail(asio::error::operation_aborted);
  if (error == asio::error::eof) is_at_end_ = true;
  if (is_at_end_) co_return 0;
  if (error) fail(error);
  co_return count;
}

asio::awaitable<void> SocketStream::write(std::span<const std::string_view> pieces) {
  error_code error = asio::error::operation_aborted;
  if (!is_closed_ && tls_) {
    error = co_await tls_->write(pieces);
  } else if (!is_closed_) {
    error = co_await write_plain(pieces);
  }
  if (is_closed_) fail(asio::error::operation_aborted);
  if (error) fail(error);
}

/// Not asio::async_write: that hands at most 16 buffers and 64 KiB to the kernel at a time.
asio::awaitable<error_code> SocketStream::write_plain(std::span<const std::string_view> pieces) {
  gathered_.clear();
  for (const std::string_view piece : pieces) {
    if (!piece.empty()) gathered_.emplace_back(piece.data(), piece.size());
  }
  std::span<asio::const_buffer> rest(gathered_);
  while (!rest.empty()) {
    const auto [error, written] = co_await socket_.async_write_some(rest, as_result);
    if (error) co_return error;
    std::size_t count = written;
    while (!rest.empty() && count >= rest.front().size()) {
      count -= rest.front().size();
      rest = rest.subspan(1);
    }
    if (!rest.empty()) rest.front() += count;
  }
  co_return error_code();
}

asio::awaitable<void> SocketStream::start_tls(const TlsOptions& options) {
  if (is_closed_ || is_at_end_) fail(asio::error::eof);
  if (tls_) throw core::Error(core::Fault::internal, fmt::format("{}: TLS was started twice", label_));
  tls_ = std::make_unique<TlsLayer>(socket_, options, name_for_tls(options));
  const std::optional<core::Failure> failure = co_await tls_->handshake();
  if (is_closed_) fail(asio::error::operation_aborted);
  if (failure) throw core::Error(failure->within(label_));
}

std::string SocketStream::name_for_tls(const TlsOptions& options) const {
  if (!options.expected_name.empty()) return options.expected_name;
  return options.server_name.empty() ? host_ : options.server_name;
}

std::string SocketStream::protection() const { return tls_ ? tls_->protection() : std::string(); }

void SocketStream::close() noexcept {
  is_closed_ = true;
  // Without a TLS close_notify: it could wait for the peer, and IMAP's LOGOUT has said all there is to say.
  error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void SocketStream::fail(const error_code& error) const {
  std::string reason = clause_of(error);
  if (is_closed_) reason = "the connection was closed here";
  if (!is_closed_ && error == asio::error::eof) reason = "the server closed the connection";
  throw core::Error(core::Fault::closed, fmt::format("{}: {}", label_, reason));
}

}  // namespace imapferry::net
