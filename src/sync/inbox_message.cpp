#include "sync/inbox_message.hpp"

#include "imap/proto/refusal.hpp"
#include "sync/append.hpp"
#include "sync/message/mailbox_index.hpp"

#include <memory>
#include <span>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;
using core::Fault;

awaitable<std::optional<core::Failure>> put_into_inbox(Servers& servers, const config::AccountSpec& account,
                                                       core::Worker& worker, Side side, std::string_view message) {
  core::Failure failure;
  try {
    imap::Pool& pool = servers.pool(side);
    imap::Place place = co_await pool.reserve();
    const config::Login& login = side == Side::source ? account.source : account.destination;
    const imap::Credentials who = co_await current_credentials(login, servers.spec(side).login, worker);
    std::unique_ptr<imap::Session> opened = co_await pool.open_session(who);
    imap::Lease session(std::move(opened), std::move(place));
    MessageMeta meta;
    meta.date = MailboxIndex::no_date;
    const AppendItem item{&meta, message};
    const AppendProof nothing_is_proven;
    imap::proto::Command command =
        append_command("INBOX", std::span(&item, 1), nothing_is_proven, session->capabilities());
    const imap::proto::CommandResult result = co_await session->connection().execute(std::move(command));
    // Over a connection on which an APPEND was refused nothing more is sent.
    if (!result.is_ok()) co_return imap::proto::refusal(result, Fault::append, "APPEND");
    co_await session->logout();
    co_return std::nullopt;
  } catch (const core::Error& error) {
    failure = error.failure();
  }
  failure.fault = Fault::append;
  co_return failure;
}

}  // namespace imapferry::sync
