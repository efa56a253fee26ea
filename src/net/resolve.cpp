#include "net/resolve.hpp"

#include "core/condition.hpp"
#include "core/failure.hpp"
#include "net/error_text.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace imapferry::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Endpoints = std::vector<tcp::endpoint>;

namespace {

/// Shared with the resolver's handler: the system's look-up cannot be interrupted and may end long after we gave up.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), changed(executor) {}

  tcp::resolver resolver;
  core::Condition changed;
  bool is_done = false;
  error_code error;
  Endpoints endpoints;
};

void start(const std::shared_ptr<Lookup>& lookup, const std::string& host, const Target& target) {
  const auto on_result = [lookup](const error_code& error, const tcp::resolver::results_type& results) {
    lookup->error = error;
    for (const auto& entry : results) lookup->endpoints.push_back(entry.endpoint());
    lookup->is_done = true;
    lookup->changed.notify_all();
  };
  const std::string port = std::to_string(target.port);
  // Not address_configured: on a machine without a network that would hide even localhost.
  const auto flags = tcp::resolver::numeric_service;
  switch (target.family) {
  case AddressFamily::any: lookup->resolver.async_resolve(host, port, flags, on_result); break;
  case AddressFamily::ipv4: lookup->resolver.async_resolve(tcp::v4(), host, port, flags, on_result); break;
  case AddressFamily::ipv6: lookup->resolver.async_resolve(tcp::v6(), host, port, flags, on_result); break;
  }
}

std::string_view name_of(AddressFamily family) {
  switch (family) {
  case AddressFamily::any: return "internet";
  case AddressFamily::ipv4: return "IPv4";
  case AddressFamily::ipv6: return "IPv6";
  }
  return "internet";
}

/// A host that is an address needs no look-up.
std::optional<tcp::endpoint> numeric_endpoint(const std::string& host, const Target& target) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return std::nullopt;
  const AddressFamily family = address.is_v4() ? AddressFamily::ipv4 : AddressFamily::ipv6;
  if (target.family != AddressFamily::any && target.family != family) {
    throw core::Error(core::Fault::connect, fmt::format("{}: not an {} address", host, name_of(target.family)));
  }
  return tcp::endpoint(address, target.port);
}

[[noreturn]] void fail(const Lookup& lookup, const std::string& host, const Target& target) {
  const std::string shown = core::printable(host);
  if (!lookup.is_done)
    throw core::Error(core::Fault::timeout, fmt::format("{}: the name server does not answer", shown));
  if (lookup.error == asio::error::host_not_found_try_again) {
    throw core::Error(core::Fault::connect,
                      fmt::format("{}: the name cannot be looked up now ({})", shown, clause_of(lookup.error)));
  }
  if (!lookup.error || lookup.error == asio::error::no_data) {
    throw core::Error(core::Fault::connect,
                      fmt::format("{}: the host has no {} address", shown, name_of(target.family)));
  }
  throw core::Error(core::Fault::connect, fmt::format("{}: no such host ({})", shown, clause_of(lookup.error)));
}

}  // namespace

std::string bare_host(const Target& target) {
  const std::string& host = target.host;
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

asio::awaitable<Endpoints> resolve(const Target& target, Deadline::Clock::time_point until) {
  const std::string host = bare_host(target);
  if (const std::optional<tcp::endpoint> endpoint = numeric_endpoint(host, target)) co_return Endpoints(1, *endpoint);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  start(lookup, host, target);
  const Deadline deadline(executor, until, [&lookup] {
    lookup->resolver.cancel();
    lookup->changed.notify_all();
  });
  while (!lookup->is_done && !deadline.has_passed()) co_await lookup->changed.wait();
  if (lookup->endpoints.empty()) fail(*lookup, host, target);
  co_return std::move(lookup->endpoints);
}

}  // namespace imapferry::net
