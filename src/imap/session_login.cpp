#include "auth/exchange.hpp"
#include "auth/master_digest.hpp"
#include "auth/one_message.hpp"
#include "imap/proto/refusal.hpp"
#include "imap/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imapferry::imap {

using boost::asio::awaitable;
using core::Fault;
using proto::Capability;
using proto::Command;
using proto::CommandKind;
using proto::CommandResult;

namespace {

constexpr std::string_view by_login = "LOGIN";
constexpr std::string_view by_nobody = "PREAUTH";
constexpr std::string_view by_master = "X-MASTERAUTH";

/// Carries one SASL exchange through a dialogue.
class SaslAnswerer final : public Answerer {
 public:
  explicit SaslAnswerer(auth::Exchange& exchange) : exchange_(exchange) {}

  core::Secret answer(std::string_view challenge) override {
    core::Result<core::Secret> message = exchange_.answer(challenge);
    if (message) return std::move(*message);
    if (!failure) failure = message.error();
    // RFC 9051 section 6.2.2: the client gives up, and the server answers with BAD.
    return core::Secret("*");
  }

  std::optional<core::Failure> failure;

 private:
  auth::Exchange& exchange_;
};

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Knows the master password of a Kerio Connect.
class MasterAnswerer final : public Answerer {
 public:
  explicit MasterAnswerer(const core::Secret& password) : password_(password) {}

  core::Secret answer(std::string_view challenge) override {
    core::Secret digest;
    // There is one challenge: whoever sends more collects answers.
    if (!std::exchange(has_answered_, true)) digest = auth::master_digest(without_blanks(challenge), password_);
    return digest.empty() ? core::Secret("*") : std::move(digest);
  }

 private:
  const core::Secret& password_;
  bool has_answered_ = false;
};

/// As a LOGIN takes it, in memory that is wiped.
core::Secret form_of(const core::Secret& value, bool is_quoted) {
  if (!is_quoted) return value;
  std::string text = proto::quoted(value.reveal());
  core::Secret form(text);
  core::wipe(text);
  return form;
}

bool protects_password(std::string_view mechanism) {
  const auth::Mechanism* found = auth::find_mechanism(mechanism);
  return found != nullptr && found->protects_password;
}

/// The mechanisms that the server names, for people: "PLAIN, LOGIN".
std::string offered(const proto::Capabilities& capabilities) {
  constexpr std::string_view prefix = "AUTH=";
  std::string names;
  for (const std::string& name : capabilities.names()) {
    if (!name.starts_with(prefix)) continue;
    names += (names.empty() ? "" : ", ") + name.substr(prefix.size());
  }
  return core::printable(names);
}

}  // namespace

/// Asks what the server can do, where it has not said it unasked.
awaitable<void> Session::learn_capabilities() {
  Command ask(CommandKind::capability, "CAPABILITY");
  co_await connection_->execute(std::move(ask));
}

std::string Session::mechanism_for(const Credentials& credentials) const {
  if (!credentials.mechanism.empty()) return credentials.mechanism;
  if (!credentials.token.empty()) {
    const bool has_only_rfc = !capabilities().has("AUTH=XOAUTH2") && capabilities().has("AUTH=OAUTHBEARER");
    return has_only_rfc && !credentials.is_token_whole ? "OAUTHBEARER" : "XOAUTH2";
  }
  return has(Capability::auth_plain) ? "PLAIN" : std::string(by_login);
}

/// Throws where a password would travel for everybody to read, unasked.
void Session::check_exposure(const Route& route, std::string_view mechanism) const {
  if (!protection().empty() || route.may_login_in_clear || connection_->stream().is_loopback()) return;
  if (protects_password(mechanism)) return;
  throw core::Error(Fault::tls, "the connection is not protected, and a password is not sent in the clear unasked");
}

bool Session::may_fall_back(const Route& route, const Credentials& credentials, std::string_view mechanism,
                            const core::Failure& failure) const {
  if (!credentials.falls_back || mechanism == by_login || mechanism == by_nobody || !is_open()) return false;
  // The password is the server's, not the user's.
  if (mechanism == by_master) return false;
  if (!credentials.administrator.empty() || !credentials.token.empty() || credentials.password.empty()) return false;
  if (failure.fault != Fault::authentication || has(Capability::logindisabled)) return false;
  if (!protection().empty()) return true;
  // Whoever can make a mechanism fail would get the password that it was to protect.
  return !protects_password(mechanism) && (route.may_login_in_clear || connection_->stream().is_loopback());
}

awaitable<void> Session::authenticate(const Route& route, const Credentials& credentials) {
  if (connection_->greeting().condition == proto::Condition::preauth) co_return;
  if (credentials.mechanism == by_nobody) {
    throw core::Error(Fault::authentication,
                      "the server does not know us already (PREAUTH), and no login was asked for");
  }
  if (credentials.mechanism.empty()) check_exposure(route, by_login);
  if (capabilities().empty()) co_await learn_capabilities();
  const std::string mechanism = mechanism_for(credentials);
  check_exposure(route, mechanism);
  std::optional<core::Failure> failure;
  CommandResult result;
  try {
    result = co_await log_in_by(credentials, mechanism);
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  if (failure && may_fall_back(route, credentials, mechanism, *failure)) {
    failure.reset();
    try {
      result = co_await log_in_by(credentials, std::string(by_login));
    } catch (const core::Error& error) {
      failure = error.failure();
    }
  }
  if (failure) throw core::Error(*failure);
  // What a server can do often depends on who asks; many repeat it in the answer to the login, and proxies may not.
  const bool has_become = credentials.use_proxyauth || mechanism == by_master;
  if (result.code != "CAPABILITY" || has_become) co_await learn_capabilities();
}

/// One attempt. Throws core::Error when it is refused.
awaitable<CommandResult> Session::log_in_by(const Credentials& credentials, const std::string& mechanism) {
  CommandResult result;
  const std::string& user = credentials.use_proxyauth ? credentials.administrator : credentials.user;
  if (mechanism == by_login) {
    result = co_await log_in_plainly(user, credentials.password);
  } else if (mechanism == by_master) {
    result = co_await log_in_as_master(credentials.password);
  } else {
    result = co_await log_in_by_sasl(credentials, mechanism);
  }
  if (!result.is_ok()) {
    const std::string how = credentials.mechanism.empty() ? std::string() : " by " + mechanism;
    throw core::Error(proto::fault_of(result.code, result.text, Fault::authentication),
                      fmt::format("the login of {}{} was refused", core::printable(user), how), result.server_text());
  }
  if (credentials.use_proxyauth) co_await become("PROXYAUTH", credentials.user);
  if (mechanism == by_master) co_await become("X-SETUSER", credentials.user);
  co_return result;
}

awaitable<CommandResult> Session::log_in_plainly(const std::string& user, const core::Secret& password) {
  if (has(Capability::logindisabled)) {
    throw core::Error(Fault::authentication, "the server takes no password here (LOGINDISABLED, no AUTH=PLAIN)");
  }
  const bool is_quoted = proto::can_be_quoted(password.reveal());
  const core::Secret form = form_of(password, is_quoted);
  Command command(CommandKind::login, "LOGIN");
  command.alone().astring(user, capabilities()).borrowed_astring(form.reveal(), is_quoted, capabilities());
  CommandResult result = co_await connection_->execute(std::move(command));
  co_return result;
}

awaitable<CommandResult> Session::log_in_by_sasl(const Credentials& credentials, const std::string& name) {
  const auth::Mechanism* mechanism = auth::find_mechanism(name);
  if (mechanism == nullptr) throw core::Error(Fault::internal, fmt::format("no SASL mechanism {}", name));
  const std::string choice = offered(capabilities());
  if (!choice.empty() && !capabilities().has("AUTH=" + name)) {
    throw core::Error(Fault::authentication, fmt::format("the server does not offer {}; it has {}", name, choice));
  }
  auth::Identity identity;
  identity.user = credentials.administrator.empty() ? credentials.user : credentials.administrator;
  if (!credentials.administrator.empty() && !credentials.use_proxyauth) identity.authorization = credentials.user;
  if (name == "EXTERNAL") identity.authorization = credentials.user;
  const bool has_token = mechanism->takes_token && !credentials.token.empty();
  identity.password = has_token ? credentials.token : credentials.password;
  identity.domain = credentials.domain;
  identity.host = host_;
  identity.port = port_;
  const std::unique_ptr<auth::Exchange> exchange = has_token && credentials.is_token_whole
                                                       ? auth::begin_ready_made(credentials.token)
                                                       : auth::begin_exchange(*mechanism, identity);
  SaslAnswerer answerer(*exchange);
  Command command(CommandKind::authenticate, "AUTHENTICATE");
  command.alone().raw(" ").raw(name);
  core::Secret first;
  if (mechanism->speaks_first && has(Capability::sasl_ir)) {
    first = answerer.answer({});
    // An empty message of one's own is a "=" (RFC 4959 section 3).
    if (first.empty()) first = core::Secret("=");
    command.raw(" ").borrowed(first.reveal());
  }
  command.dialogue();
  CommandResult result = co_await connection_->converse(std::move(command), answerer);
  if (answerer.failure) throw core::Error(*answerer.failure);
  if (result.is_ok() && !exchange->is_complete()) {
    const core::Failure unproved{
        Fault::authentication, fmt::format("{}: the server did not prove that it knows the password", name), {}};
    connection_->close(unproved);
    throw core::Error(unproved);
  }
  if (!result.is_ok() && !exchange->complaint().empty()) result.text += fmt::format(" ({})", exchange->complaint());
  co_return result;
}

/// X-MASTERAUTH, challenge, digest: as Kerio's pages on its "master authentication" describe it. No SASL, no base64.
awaitable<CommandResult> Session::log_in_as_master(const core::Secret& password) {
  MasterAnswerer answerer(password);
  Command command(CommandKind::authenticate, by_master);
  command.alone().dialogue();
  CommandResult result = co_await connection_->converse(std::move(command), answerer);
  co_return result;
}

/// PROXYAUTH of the servers that descend from Netscape's, X-SETUSER of Kerio's.
awaitable<void> Session::become(const std::string& how, const std::string& user) {
  Command command(CommandKind::login, how);
  command.alone().astring(user, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (!result.is_ok()) {
    throw core::Error(proto::fault_of(result.code, result.text, Fault::authentication),
                      fmt::format("{} for {} was refused", how, core::printable(user)), result.server_text());
  }
}

}  // namespace imapferry::imap
