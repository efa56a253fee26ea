#include "wire.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace imapferry::bench {

namespace {

constexpr int patience_ms = 300'000;
constexpr std::size_t most_at_once = std::size_t{256} << 10;

[[noreturn]] void fail(std::string_view what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    throw std::runtime_error(fmt::format("{}: {}", host, ::gai_strerror(error)));
  }
  int result = -1;
  for (const addrinfo* entry = found; entry != nullptr && result < 0; entry = entry->ai_next) {
    result = ::socket(entry->ai_family, entry->ai_socktype | SOCK_CLOEXEC, entry->ai_protocol);
    if (result >= 0 && ::connect(result, entry->ai_addr, entry->ai_addrlen) != 0) {
      ::close(result);
      result = -1;
    }
  }
  ::freeaddrinfo(found);
  if (result < 0) fail(fmt::format("connect to {}:{}", host, port));
  return result;
}

}  // namespace

Wire::Wire(const std::string& host, const std::string& port, Protection protection) : socket_(connect_to(host, port)) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  try {
    if (protection == Protection::tls) start_tls();
    if (::fcntl(socket_, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  } catch (...) {
    release();
    throw;
  }
}

Wire::~Wire() { release(); }

void Wire::release() noexcept {
  SSL_free(tls_);
  SSL_CTX_free(context_);
  ::close(socket_);
}

void Wire::start_tls() {
  context_ = SSL_CTX_new(TLS_client_method());
  tls_ = context_ == nullptr ? nullptr : SSL_new(context_);
  if (tls_ == nullptr || SSL_set_fd(tls_, socket_) != 1 || SSL_connect(tls_) != 1) {
    throw std::runtime_error("the TLS handshake failed");
  }
  SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

std::size_t Wire::exchange(std::string_view out, std::string& in) {
  for (;;) {
    const std::size_t sent = out.empty() ? 0 : send_some(out);
    const std::size_t received = receive_some(in);
    if (sent + received > 0) return sent;
    wait(!out.empty());
  }
}

void Wire::wait(bool to_send) {
  pollfd watched{socket_, static_cast<short>(to_send ? POLLIN | POLLOUT : POLLIN), 0};
  const int ready = ::poll(&watched, 1, patience_ms);
  if (ready < 0 && errno != EINTR) fail("poll");
  if (ready == 0) throw std::runtime_error("nothing moved for five minutes");
}

std::size_t Wire::send_some(std::string_view out) {
  if (tls_ == nullptr) {
    const ssize_t size = ::send(socket_, out.data(), out.size(), MSG_NOSIGNAL);
    if (size < 0 && !would_block()) fail("send");
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }
  const int size = SSL_write(tls_, out.data(), static_cast<int>(std::min(out.size(), most_at_once)));
  if (size > 0) return static_cast<std::size_t>(size);
  const int error = SSL_get_error(tls_, size);
  if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) throw std::runtime_error("TLS: sending failed");
  return 0;
}

std::size_t Wire::receive_some(std::string& in) {
  std::array<char, 16384> buffer;
  if (tls_ == nullptr) {
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size == 0) throw std::runtime_error("the server closed the connection");
    if (size < 0 && !would_block()) fail("receive");
    if (size > 0) in.append(buffer.data(), static_cast<std::size_t>(size));
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }
  const int size = SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()));
  if (size > 0) {
    in.append(buffer.data(), static_cast<std::size_t>(size));
    return static_cast<std::size_t>(size);
  }
  const int error = SSL_get_error(tls_, size);
  if (error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ) return 0;
  throw std::runtime_error("the server closed the connection");
}

}  // namespace imapferry::bench
