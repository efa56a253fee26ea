#pragma once

#include "core/failure.hpp"
#include "net/stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>

namespace imapferry::script {

/// How a pipe behaves; both ends are alike.
class PipeOptions {
 public:
  PipeOptions() = default;

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  std::size_t capacity = unlimited;      ///< bytes on the way in one direction before a write waits
  std::size_t read_at_most = unlimited;  ///< bytes that one read_some returns: 1 for byte by byte
  bool is_loopback = true;
  /// What start_tls throws. Without it start_tls succeeds at once and only changes what protection() says.
  std::optional<core::Failure> tls_failure;
};

/// Two connected streams in memory, so that a dialogue needs no sockets. They behave like TCP: when one end closes (or
/// goes), the other reads what is on the way, then 0; its writes fail.
struct Pipe {
  std::unique_ptr<net::Stream> client;
  std::unique_ptr<net::Stream> server;
};

/// Both ends must be used on `executor`. An end must not go while an operation on it is in flight,
/// and must go before the executor's context does.
Pipe make_pipe(const boost::asio::any_io_executor& executor, const PipeOptions& options);
Pipe make_pipe(const boost::asio::any_io_executor& executor);

}  // namespace imapferry::script
