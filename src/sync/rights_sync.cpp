#include "sync/rights_sync.hpp"

#include "core/task_group.hpp"

#include <boost/asio/this_coro.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace imapferry::sync {

using boost::asio::awaitable;

namespace {

constexpr std::size_t pairs_in_flight = 100;

}  // namespace

awaitable<void> RightsSync::run(const std::vector<const MailboxPair*>& pairs) {
  for (const Side side : {Side::source, Side::destination}) {
    const imap::Session& session = side == Side::source ? *lane_.source : *lane_.destination;
    if (session.capabilities().has("ACL")) continue;
    context_.observer.on(NotPossible{side, "--syncacls: the server has no access control lists (ACL)"});
    co_return;
  }
  dialect_ = rights_dialect_of(lane_.destination->capabilities());
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::size_t next = 0; next < pairs.size();) {
    core::TaskGroup flight(executor);
    for (std::size_t n = 0; n < pairs_in_flight && next < pairs.size(); ++n, ++next) {
      flight.spawn(bring_in_line(*pairs[next]));
    }
    co_await flight.join();
  }
}

awaitable<void> RightsSync::bring_in_line(const MailboxPair& pair) {
  const auto executor = co_await boost::asio::this_coro::executor;
  AccessList source;
  AccessList destination;
  bool is_source_known = false;
  bool is_destination_known = false;
  core::TaskGroup both(executor);
  both.spawn(read(*lane_.source, Side::source, pair, source, is_source_known));
  both.spawn(read(*lane_.destination, Side::destination, pair, destination, is_destination_known));
  co_await both.join();
  if (!is_source_known || !is_destination_known) co_return;
  const AccessList changes =
      changes_of_rights(source, destination, context_.account.source.user, context_.account.destination.user, dialect_);
  std::size_t set = 0;
  for (const auto& change : changes) {
    const std::optional<core::Failure> failure =
        co_await lane_.destination->set_rights(pair.destination_wire, change.identifier, change.rights);
    if (failure) {
      tell(pair, failure->within(fmt::format("the rights of \"{}\"", core::printable(change.identifier, 100))),
           Side::destination);
    } else {
      ++set;
    }
  }
  if (set > 0) context_.observer.on(RightsSet{pair.destination, set});
}

awaitable<void> RightsSync::read(imap::Session& session, Side side, const MailboxPair& pair, AccessList& list,
                                 bool& is_known) {
  const std::string& wire = side == Side::source ? pair.source.wire : pair.destination_wire;
  core::Result<AccessList> found = co_await session.rights_of(wire);
  is_known = found.has_value();
  if (found) {
    list = std::move(*found);
  } else {
    tell(pair, found.error(), side);
  }
}

void RightsSync::tell(const MailboxPair& pair, core::Failure failure, Side side) {
  context_.observer.on(MailboxFailed{pair.source.name, pair.destination, failure.within(name_of(side))});
}

}  // namespace imapferry::sync
