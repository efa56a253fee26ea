// Commands about mailboxes as a whole.
#include "imap/collector.hpp"
#include "imap/proto/refusal.hpp"
#include "imap/session.hpp"

#include <fmt/format.h>

#include <utility>

namespace imapferry::imap {

using boost::asio::awaitable;
using core::Fault;
using proto::Capability;
using proto::Command;
using proto::CommandKind;
using proto::CommandResult;

awaitable<Namespaces> Session::namespaces() {
  Namespaces found;
  if (!has(Capability::name_space)) co_return found;
  auto reader = collect<proto::NamespaceResponse>([&](const proto::NamespaceResponse& data) {
    found.personal = data.personal;
    found.foreign = data.other_users;
    found.foreign.insert(found.foreign.end(), data.shared.begin(), data.shared.end());
  });
  Command command(CommandKind::name_space, "NAMESPACE");
  co_await connection_->execute(std::move(command), reader);
  co_return found;
}

awaitable<std::optional<core::Failure>> Session::create(std::string_view mailbox, std::string_view special_use) {
  if (!special_use.empty() && has(Capability::create_special_use)) {
    Command command(CommandKind::create, "CREATE");
    command.astring(mailbox, capabilities());
    command.raw(fmt::format(" (USE ({}))", special_use));
    const CommandResult result = co_await connection_->execute(std::move(command));
    if (result.is_ok() || result.code == "ALREADYEXISTS") co_return std::nullopt;
  }
  Command command(CommandKind::create, "CREATE");
  command.astring(mailbox, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok() || result.code == "ALREADYEXISTS") co_return std::nullopt;
  co_return proto::refusal(result, Fault::create, "CREATE");
}

awaitable<std::optional<core::Failure>> Session::remove(std::string_view mailbox) {
  Command command(CommandKind::remove, "DELETE");
  command.astring(mailbox, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok() || result.code == "NONEXISTENT") co_return std::nullopt;
  co_return proto::refusal(result, Fault::create, "DELETE");
}

awaitable<std::optional<core::Failure>> Session::subscribe(std::string_view mailbox) {
  Command command(CommandKind::subscribe, "SUBSCRIBE");
  command.astring(mailbox, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok()) co_return std::nullopt;
  co_return proto::refusal(result, Fault::create, "SUBSCRIBE");
}

awaitable<std::optional<core::Failure>> Session::unsubscribe(std::string_view mailbox) {
  Command command(CommandKind::subscribe, "UNSUBSCRIBE");
  command.astring(mailbox, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok()) co_return std::nullopt;
  co_return proto::refusal(result, Fault::create, "UNSUBSCRIBE");
}

awaitable<core::Result<std::vector<proto::AclResponse::Entry>>> Session::rights_of(std::string_view mailbox) {
  std::vector<proto::AclResponse::Entry> entries;
  auto reader = collect<proto::AclResponse>([&](const proto::AclResponse& data) { entries = data.entries; });
  Command command(CommandKind::get_acl, "GETACL");
  command.astring(mailbox, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command), reader);
  if (!result.is_ok()) co_return proto::refusal(result, Fault::rights, "GETACL");
  co_return std::move(entries);
}

awaitable<std::optional<core::Failure>> Session::set_rights(std::string_view mailbox, std::string_view identifier,
                                                            std::string_view rights) {
  Command command(CommandKind::set_acl, rights.empty() ? "DELETEACL" : "SETACL");
  command.astring(mailbox, capabilities());
  command.astring(identifier, capabilities());
  if (!rights.empty()) command.astring(rights, capabilities());
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok()) co_return std::nullopt;
  co_return proto::refusal(result, Fault::rights, rights.empty() ? "DELETEACL" : "SETACL");
}

}  // namespace imapferry::imap
