#include "sync/servers.hpp"

#include "core/secret_file.hpp"

#include <utility>

namespace imapferry::sync {

namespace {

constexpr std::size_t default_connections = 64;

std::size_t connections_of(const config::ServerSpec& spec) {
  return spec.max_connections > 0 ? spec.max_connections : default_connections;
}

imap::Server::Protection protection_of(config::Protection protection) {
  switch (protection) {
  case config::Protection::automatic: return imap::Server::Protection::automatic;
  case config::Protection::tls: return imap::Server::Protection::tls;
  case config::Protection::starttls: return imap::Server::Protection::starttls;
  case config::Protection::none: return imap::Server::Protection::none;
  }
  return imap::Server::Protection::automatic;
}

class Listener : public imap::WireListener {
 public:
  explicit Listener(WireHearer hearer) : hearer_(std::move(hearer)) {}
  void on_wire(std::string_view line) override { hearer_(line); }

 private:
  WireHearer hearer_;
};

std::unique_ptr<imap::WireListener> listener(WireHearer hearer) {
  if (!hearer) return nullptr;
  return std::make_unique<Listener>(std::move(hearer));
}

imap::Server heard_by(imap::WireListener* listener, imap::Server server) {
  server.wire = listener;
  return server;
}

net::AddressFamily family_of(config::AddressFamily family) {
  switch (family) {
  case config::AddressFamily::any: return net::AddressFamily::any;
  case config::AddressFamily::ipv4: return net::AddressFamily::ipv4;
  case config::AddressFamily::ipv6: return net::AddressFamily::ipv6;
  }
  return net::AddressFamily::any;
}

}  // namespace

imap::Credentials credentials_of(const config::Login& login, const config::LoginSpec& how) {
  imap::Credentials who;
  who.user = login.user;
  who.password = login.password;
  who.mechanism = how.mechanism;
  who.administrator = how.administrator;
  who.use_proxyauth = how.use_proxyauth;
  // Where the server chooses there is nothing better to fall back to.
  who.falls_back = how.falls_back && !how.mechanism.empty();
  who.domain = how.domain;
  who.token = how.token;
  who.is_token_whole = how.is_token_whole;
  // RFC 7628 and the others know no password; in a users file the token stands where others have theirs.
  if (!how.has_token() && (how.mechanism == "XOAUTH2" || how.mechanism == "OAUTHBEARER")) who.token = login.password;
  return who;
}

boost::asio::awaitable<imap::Credentials> current_credentials(const config::Login& login, const config::LoginSpec& how,
                                                              core::Worker& worker) {
  imap::Credentials who = credentials_of(login, how);
  if (how.token_file.empty()) co_return who;
  core::Result<core::Secret> token = core::Secret();
  std::function<void()> work = [&token, &how] { token = core::read_secret(how.token_file); };
  co_await worker.run(std::move(work));
  if (!token) throw core::Error(token.error());
  who.token = std::move(*token);
  co_return who;
}

imap::Server server_of(const config::ServerSpec& spec, bool track_changes) {
  imap::Server server;
  server.host = spec.host;
  server.port = spec.port;
  server.protection = protection_of(spec.protection);
  server.probe_tls_port = spec.probe_tls_port;
  server.allow_starttls = spec.allow_starttls;
  server.family = family_of(spec.family);
  server.tls.verify = spec.tls.verify_certificate;
  server.tls.ca_file = spec.tls.ca_file;
  server.tls.ca_path = spec.tls.ca_path;
  server.tls.fingerprints = spec.tls.fingerprints;
  server.tls.expected_name = spec.tls.expected_name;
  server.tls.ciphers = spec.tls.ciphers;
  server.tls.certificate_file = spec.tls.certificate_file;
  server.tls.key_file = spec.tls.key_file;
  server.tls.lowest_version = spec.tls.lowest_version;
  server.tls.highest_version = spec.tls.highest_version;
  server.timeout = spec.timeout;
  server.keepalive = spec.keepalive;
  server.compress = spec.compress;
  server.send_id = spec.send_id;
  server.reconnects = spec.reconnects;
  server.track_changes = track_changes;
  return server;
}

Servers::Servers(const config::ServerSpec& source, const config::ServerSpec& destination, bool track_changes,
                 WireHearer source_wire, WireHearer destination_wire)
    : source_spec_(source), destination_spec_(destination), source_wire_(listener(std::move(source_wire))),
      destination_wire_(listener(std::move(destination_wire))),
      source_(heard_by(source_wire_.get(), server_of(source, track_changes)), connections_of(source)),
      destination_(heard_by(destination_wire_.get(), server_of(destination, track_changes)),
                   connections_of(destination)) {}

boost::asio::awaitable<Connected> Servers::greet(Side side) {
  std::unique_ptr<imap::Session> session = co_await pool(side).greet();
  Connected event{side, session->address(), session->protection(), session->greeting(), session->software()};
  co_await session->logout();
  co_return event;
}

void Servers::give_up() noexcept {
  source_.give_up();
  destination_.give_up();
}

void Servers::reconnect() {
  source_.close_all();
  destination_.close_all();
}

}  // namespace imapferry::sync
