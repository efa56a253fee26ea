#pragma once

#include "net/connect.hpp"
#include "net/deadline.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <vector>

namespace imapferry::net {

/// The addresses of the target's host, at least one, in the order in which to try them.
/// Throws core::Error: Fault::connect, or Fault::timeout when `until` has come.
boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const Target& target,
                                                                            Deadline::Clock::time_point until);

/// The host without the brackets that an IPv6 address may have.
std::string bare_host(const Target& target);

}  // namespace imapferry::net
