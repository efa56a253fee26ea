#include "imap/session.hpp"
#include "imap/wire_trace.hpp"
#include "net/connect.hpp"
#include "net/error_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace imapferry::imap {

using boost::asio::awaitable;
using core::Fault;
using proto::Capability;
using proto::Command;
using proto::CommandKind;

namespace {

net::Target target_of(const Server& server, const Route& route) {
  net::Target target;
  target.host = server.host;
  target.port = route.port;
  target.family = server.family;
  target.implicit_tls = route.implicit_tls;
  target.tls = server.tls;
  target.tls.server_name = server.host;
  target.timeout = server.timeout;
  target.keepalive = server.keepalive;
  return target;
}

/// The first ID fields that tell which software and version answer.
class IdReader : public proto::ResponseHandler {
 public:
  void on(const proto::Response& response) override {
    const auto* id = std::get_if<proto::IdResponse>(&response);
    if (id == nullptr) return;
    std::string name;
    std::string version;
    for (const auto& [key, value] : id->fields) {
      if (proto::equals_ignoring_case(key, "name")) name = value;
      if (proto::equals_ignoring_case(key, "version")) version = value;
    }
    software = version.empty() ? name : fmt::format("{} {}", name, version);
  }
  void done(const proto::CommandResult&) override {}
  std::string software;
};

}  // namespace

awaitable<std::unique_ptr<Session>> Session::greet(const Server& server, const Route& route) {
  const net::Target target = target_of(server, route);
  std::unique_ptr<net::Stream> stream = co_await net::connect(target);
  if (server.wire != nullptr) stream = traced(std::move(stream), *server.wire);
  std::unique_ptr<Session> session = co_await greet(std::move(stream), server, route);
  co_return session;
}

awaitable<std::unique_ptr<Session>> Session::greet(std::unique_ptr<net::Stream> stream, const Server& server,
                                                   const Route& route) {
  const std::string address = net::peer_label(server.host, route.port);
  ConnectionOptions options;
  options.timeout = server.timeout;
  std::string phase = "greeting";
  std::unique_ptr<Session> session;
  core::Failure failure;
  try {
    std::unique_ptr<Connection> connection = co_await Connection::open(std::move(stream), options);
    session.reset(new Session(std::move(connection), server, route));
    phase = "STARTTLS";
    co_await session->protect(server, route);
    co_return session;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  throw core::Error(failure.within(phase).within(address));
}

awaitable<std::unique_ptr<Session>> Session::open(std::unique_ptr<net::Stream> stream, const Server& server,
                                                  const Route& route, const Credentials& credentials) {
  std::unique_ptr<Session> session = co_await greet(std::move(stream), server, route);
  co_await session->enter(server, route, credentials);
  co_return session;
}

awaitable<void> Session::enter(const Server& server, const Route& route, const Credentials& credentials) {
  co_await log_in(route, credentials);
  if (server.compress) co_await compress();
}

awaitable<void> Session::log_in(const Route& route, const Credentials& credentials) {
  core::Failure failure;
  try {
    co_await authenticate(route, credentials);
    co_return;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  throw core::Error(failure.within("login").within(address_));
}

awaitable<void> Session::protect(const Server& server, const Route& route) {
  if (route.implicit_tls || route.start_tls == Route::StartTls::never) co_return;
  if (capabilities().empty()) {
    Command ask(CommandKind::capability, "CAPABILITY");
    co_await connection_->execute(std::move(ask));
  }
  const bool is_preauth = connection_->greeting().condition == proto::Condition::preauth;
  if (!has(Capability::starttls) || is_preauth) {
    if (route.start_tls == Route::StartTls::if_offered) co_return;
    throw core::Error(Fault::tls, is_preauth ? "the server has logged us in before the connection could be protected"
                                             : "the server does not offer STARTTLS");
  }
  net::TlsOptions tls = server.tls;
  tls.server_name = server.host;
  const proto::CommandResult result = co_await connection_->start_tls(tls);
  if (!result.is_ok()) throw core::Error(Fault::tls, "the server refuses STARTTLS", result.server_text());
}

/// A server that does not do it after all is no worse than one that cannot.
awaitable<void> Session::compress() {
  if (!has(Capability::compress_deflate)) co_return;
  co_await connection_->compress();
}

awaitable<void> Session::introduce() {
  if (!has(Capability::id)) co_return;
  IdReader reader;
  Command id(CommandKind::id, "ID (\"name\" \"imapferry\")");
  co_await connection_->execute(std::move(id), reader);
  software_ = std::move(reader.software);
}

}  // namespace imapferry::imap
