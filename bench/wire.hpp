#pragma once

#include <cstddef>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace imapferry::bench {

enum class Protection { none, tls };

/// A connection for the bare client: one call moves bytes both ways, so reading never waits for writing.
/// TLS is not verified: the servers are throwaway ones on this machine. All members throw std::runtime_error.
class Wire {
 public:
  Wire(const std::string& host, const std::string& port, Protection protection);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  /// Waits until bytes can move; sends what it can of `out`, appends what has come to `in`; returns how much was sent.
  std::size_t exchange(std::string_view out, std::string& in);

 private:
  void release() noexcept;
  std::size_t send_some(std::string_view out);
  std::size_t receive_some(std::string& in);
  void wait(bool to_send);
  void start_tls();

  int socket_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* tls_ = nullptr;
};

}  // namespace imapferry::bench
