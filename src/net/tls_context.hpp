#pragma once

#include "net/stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

namespace imapferry::net {

/// The TLS settings for these options. They are made once for each way of verifying and live as long as the executor's
/// context: loading the authorities takes some 20 ms and a megabyte, too much for each of a thousand connections.
/// Throws core::Error (Fault::input) when the CA file cannot be used.
boost::asio::ssl::context& tls_context(const boost::asio::any_io_executor& executor, const TlsOptions& options);

}  // namespace imapferry::net
