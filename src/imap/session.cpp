#include "imap/session.hpp"

#include "imap/collector.hpp"
#include "imap/proto/refusal.hpp"
#include "net/error_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace imapferry::imap {

using boost::asio::awaitable;
using core::Fault;
using proto::Capability;
using proto::Command;
using proto::CommandKind;
using proto::CommandResult;

namespace {

// A server that is not trusted cannot make us keep more names than this.
constexpr std::size_t most_mailboxes = 200'000;

/// Keeps the UIDs that either kind of SEARCH response brings.
class UidReader : public proto::ResponseHandler {
 public:
  void on(const proto::Response& response) override {
    if (const auto* found = std::get_if<proto::ESearchResponse>(&response)) uids = found->all;
    if (const auto* found = std::get_if<proto::SearchResponse>(&response)) {
      for (const std::uint32_t uid : found->numbers) uids.add(uid);
    }
  }
  void done(const CommandResult&) override {}
  proto::UidSet uids;
};

/// Reads what SELECT and EXAMINE answer. The number of messages is followed from the tagged response on, since the next
/// command's answers may bring news before whoever waits for this one wakes up.
class SelectReader : public proto::ResponseHandler {
 public:
  explicit SelectReader(std::uint32_t& exists) : exists_(exists) {}
  void on(const proto::Response& response) override {
    if (const auto* number = std::get_if<proto::NumberResponse>(&response)) {
      if (number->kind == proto::NumberResponse::Kind::exists) state.exists = number->number;
    } else if (const auto* status = std::get_if<proto::StatusResponse>(&response)) {
      read_code(status->code);
    }
  }
  void done(const CommandResult& result) override {
    state.is_read_only = result.code == "READ-ONLY";
    exists_ = state.exists;
  }
  MailboxState state;

 private:
  static std::uint32_t number(std::string_view text) {
    const auto set = proto::UidSet::parse(text, 1);
    return set && set->ranges().size() == 1 ? set->ranges().front().first : 0;
  }
  static std::uint64_t mod_seq(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && value <= INT64_MAX ? value : 0;
  }
  void read_code(const proto::ResponseCode& code) {
    if (proto::equals_ignoring_case(code.name, "UIDVALIDITY")) state.uid_validity = number(code.argument);
    if (proto::equals_ignoring_case(code.name, "UIDNEXT")) state.uid_next = number(code.argument);
    if (proto::equals_ignoring_case(code.name, "HIGHESTMODSEQ")) state.mod_seq = mod_seq(code.argument);
    if (proto::equals_ignoring_case(code.name, "PERMANENTFLAGS")) read_permanent_flags(code.argument);
  }
  void read_permanent_flags(std::string_view text) {
    state.permanent_flags.known = true;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find_first_of(" ()", at), text.size());
      const std::string_view flag = text.substr(at, end - at);
      if (flag == "\\*") {
        state.permanent_flags.any_keyword = true;
      } else if (!flag.empty()) {
        state.permanent_flags.flags.add(flag);
      }
      at = end + 1;
    }
  }

  std::uint32_t& exists_;
};

MailboxStatus status_of(const proto::StatusDataResponse& data) {
  return MailboxStatus{data.messages.value_or(0), data.uid_next.value_or(0), data.uid_validity.value_or(0),
                       data.highest_mod_seq.value_or(0), data.size};
}

/// Reads LIST, and the STATUS data that LIST-STATUS puts beside it.
class ListReader : public proto::ResponseHandler {
 public:
  void on(const proto::Response& response) override {
    if (const auto* data = std::get_if<proto::ListResponse>(&response)) {
      is_too_many = is_too_many || entries.size() >= most_mailboxes;
      if (is_too_many) return;
      positions_.emplace(data->mailbox, entries.size());
      entries.push_back(ListEntry{std::string(data->mailbox), data->delimiter, data->attributes,
                                  std::string(data->special_use), (data->attributes & proto::list_subscribed) != 0,
                                  std::nullopt});
    } else if (const auto* status = std::get_if<proto::StatusDataResponse>(&response)) {
      const auto found = positions_.find(std::string(status->mailbox));
      if (found != positions_.end()) entries[found->second].status = status_of(*status);
    }
  }
  void done(const CommandResult&) override {}
  std::vector<ListEntry> entries;
  bool is_too_many = false;

 private:
  std::unordered_map<std::string, std::size_t> positions_;
};

}  // namespace

Session::Session(std::unique_ptr<Connection> connection, const Server& server, const Route& route)
    : connection_(std::move(connection)), host_(server.host), port_(route.port),
      address_(net::peer_label(server.host, route.port)), tracks_changes_(server.track_changes) {
  connection_->set_unsolicited(this);
}

Session::~Session() { connection_->set_unsolicited(nullptr); }

void Session::on_unsolicited(const proto::Response& response) {
  if (const auto* fetch = std::get_if<proto::FetchResponse>(&response)) foreign_changes_ += fetch->has_flags ? 1 : 0;
  if (const auto* vanished = std::get_if<proto::VanishedResponse>(&response)) {
    exists_ -= static_cast<std::uint32_t>(std::min<std::uint64_t>(exists_, vanished->uids.size()));
  }
  const auto* number = std::get_if<proto::NumberResponse>(&response);
  if (number == nullptr) return;
  if (number->kind == proto::NumberResponse::Kind::exists) exists_ = number->number;
  if (number->kind == proto::NumberResponse::Kind::expunge && exists_ > 0) --exists_;
}

awaitable<proto::Capabilities> Session::enable(std::string_view names) {
  proto::Capabilities enabled;
  if (!has(Capability::enable)) co_return enabled;
  auto reader =
      collect<proto::EnabledResponse>([&](const proto::EnabledResponse& data) { enabled = data.capabilities; });
  Command command(CommandKind::enable, fmt::format("ENABLE {}", names));
  co_await connection_->execute(std::move(command), reader);
  co_return enabled;
}

awaitable<proto::StorageQuota> Session::storage_quota(std::string_view mailbox) {
  proto::StorageQuota tightest;
  if (!capabilities().has("QUOTA")) co_return tightest;
  auto reader = collect<proto::OtherResponse>([&](const proto::OtherResponse& data) {
    const proto::StorageQuota quota = proto::storage_quota_in(data.rest);
    const auto room = [](const proto::StorageQuota& of) { return of.limit - std::min(of.used, of.limit); };
    if (quota.limit > 0 && (tightest.limit == 0 || room(quota) < room(tightest))) tightest = quota;
  });
  Command command(CommandKind::quota, "GETQUOTAROOT");
  command.astring(mailbox, capabilities());
  co_await connection_->execute(std::move(command), reader);
  co_return tightest;
}

awaitable<core::Result<std::vector<ListEntry>>> Session::list() {
  ListReader reader;
  const bool is_extended = has(Capability::list_extended);
  Command command(CommandKind::list, "LIST \"\" \"*\"");
  if (is_extended) {
    command.raw(" RETURN (SUBSCRIBED");
    if (has(Capability::special_use)) command.raw(" SPECIAL-USE");
    if (has(Capability::list_status)) command.raw(" STATUS ").raw(status_items());
    command.raw(")");
  }
  const CommandResult result = co_await connection_->execute(std::move(command), reader);
  if (!result.is_ok()) co_return proto::refusal(result, Fault::protocol, "LIST");
  if (reader.is_too_many) {
    co_return core::Failure{
        Fault::protocol, fmt::format("the server lists more than {} mailboxes", most_mailboxes), {}};
  }
  if (!is_extended) co_await learn_subscriptions(reader.entries);
  co_return std::move(reader.entries);
}

awaitable<void> Session::learn_subscriptions(std::vector<ListEntry>& entries) {
  std::unordered_set<std::string> subscribed;
  auto reader = collect<proto::ListResponse>([&](const proto::ListResponse& data) {
    // Courier tells the levels above a subscribed mailbox as well (RFC 3501 section 6.3.9 has it for "%").
    if ((data.attributes & proto::list_noselect) != 0) return;
    if (subscribed.size() < most_mailboxes) subscribed.emplace(data.mailbox);
  });
  Command command(CommandKind::lsub, "LSUB \"\" \"*\"");
  co_await connection_->execute(std::move(command), reader);
  for (ListEntry& entry : entries) entry.is_subscribed = subscribed.contains(entry.wire);
}

awaitable<core::Result<MailboxStatus>> Session::status(std::string_view mailbox) {
  MailboxStatus status;
  auto reader =
      collect<proto::StatusDataResponse>([&](const proto::StatusDataResponse& data) { status = status_of(data); });
  Command command(CommandKind::status, "STATUS");
  command.astring(mailbox, capabilities());
  command.raw(" ").raw(status_items());
  const CommandResult result = co_await connection_->execute(std::move(command), reader);
  if (!result.is_ok()) co_return proto::refusal(result, Fault::select, "STATUS");
  co_return status;
}

std::string Session::status_items() const {
  std::string items = "(MESSAGES UIDNEXT UIDVALIDITY";
  if (tracks_changes_ && has(Capability::condstore)) items += " HIGHESTMODSEQ";
  if (has(Capability::status_size)) items += " SIZE";
  return items + ")";
}

void Session::Enabling::on(const proto::Response& response) {
  const auto* enabled = std::get_if<proto::EnabledResponse>(&response);
  if (enabled != nullptr && enabled->capabilities.has(Capability::qresync)) is_confirmed = true;
}

void Session::Enabling::done(const CommandResult&) { is_refused = !is_confirmed; }

/// Goes ahead of the first SELECT without a round trip of its own.
void Session::enable_resync() {
  if (!tells_vanished() || std::exchange(enabling_.is_asked, true)) return;
  connection_->submit(Command(CommandKind::enable, "ENABLE QRESYNC"), enabling_);
}

awaitable<core::Result<MailboxState>> Session::select(std::string_view mailbox, SelectMode mode) {
  enable_resync();
  SelectReader reader(exists_);
  Command command(CommandKind::select, mode == SelectMode::read_only ? "EXAMINE" : "SELECT");
  command.astring(mailbox, capabilities());
  if (tracks_changes_ && has(Capability::condstore)) command.raw(" (CONDSTORE)");
  const CommandResult result = co_await connection_->execute(std::move(command), reader);
  if (!result.is_ok()) {
    co_return proto::refusal(result, Fault::select, mode == SelectMode::read_only ? "EXAMINE" : "SELECT");
  }
  co_return std::move(reader.state);
}

awaitable<core::Result<proto::UidSet>> Session::uids_up_to(proto::Uid last) {
  return search(fmt::format("UID 1:{}", last));
}

awaitable<core::Result<proto::UidSet>> Session::all_uids() { return search("ALL"); }

awaitable<core::Result<proto::UidSet>> Session::search(std::string criteria) {
  UidReader reader;
  const bool is_ascii = std::all_of(criteria.begin(), criteria.end(), [](char c) { return (c & 0x80) == 0; });
  const std::string_view how = has(Capability::esearch) ? "UID SEARCH RETURN (ALL)" : "UID SEARCH";
  Command command(CommandKind::search, fmt::format("{}{} {}", how, is_ascii ? "" : " CHARSET UTF-8", criteria));
  const CommandResult result = co_await connection_->execute(std::move(command), reader);
  if (!result.is_ok()) co_return proto::refusal(result, Fault::fetch, "SEARCH");
  co_return std::move(reader.uids);
}

awaitable<void> Session::unselect() {
  // CLOSE would expunge; where UNSELECT is missing the mailbox simply stays selected.
  if (!has(Capability::unselect)) co_return;
  Command command(CommandKind::unselect, "UNSELECT");
  co_await connection_->execute(std::move(command));
}

awaitable<CommandResult> Session::uid_fetch(std::string_view uids, std::string_view items,
                                            proto::ResponseHandler& handler) {
  Command command(CommandKind::fetch, fmt::format("UID FETCH {} {}", uids, items));
  CommandResult result = co_await connection_->execute(std::move(command), handler);
  co_return result;
}

awaitable<std::optional<core::Failure>> Session::uid_store(std::string_view uids, std::string_view change) {
  Command command(CommandKind::store, fmt::format("UID STORE {} {}", uids, change));
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok()) co_return std::nullopt;
  co_return proto::refusal(result, Fault::flags, "STORE");
}

awaitable<std::optional<core::Failure>> Session::uid_delete(std::string_view uids) {
  Command mark(CommandKind::store, fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", uids));
  const CommandResult marked = co_await connection_->execute(std::move(mark));
  if (!marked.is_ok()) co_return proto::refusal(marked, Fault::flags, "STORE");
  const bool has_uid_expunge = has(Capability::uidplus);
  if (!has_uid_expunge) {
    // EXPUNGE takes everything that is marked, whoever has marked it.
    UidReader reader;
    Command search(CommandKind::search, "UID SEARCH DELETED");
    const CommandResult found = co_await connection_->execute(std::move(search), reader);
    if (!found.is_ok()) co_return proto::refusal(found, Fault::flags, "SEARCH");
    if (reader.uids.to_string() != uids) {
      co_return core::Failure{
          Fault::flags, "other messages are marked as deleted, and this server can only expunge all of them", {}};
    }
  }
  Command expunge(CommandKind::expunge, has_uid_expunge ? fmt::format("UID EXPUNGE {}", uids) : std::string("EXPUNGE"));
  const CommandResult expunged = co_await connection_->execute(std::move(expunge));
  if (!expunged.is_ok()) co_return proto::refusal(expunged, Fault::flags, "EXPUNGE");
  co_return std::nullopt;
}

awaitable<std::optional<core::Failure>> Session::expunge() {
  Command command(CommandKind::expunge, "EXPUNGE");
  const CommandResult result = co_await connection_->execute(std::move(command));
  if (result.is_ok()) co_return std::nullopt;
  co_return proto::refusal(result, Fault::deletion, "EXPUNGE");
}

awaitable<void> Session::noop() {
  Command command(CommandKind::noop, "NOOP");
  co_await connection_->execute(std::move(command));
}

awaitable<void> Session::logout() {
  try {
    Command command(CommandKind::logout, "LOGOUT");
    co_await connection_->execute(std::move(command));
  } catch (const core::Error&) {
    // The server may close before it answers.
  }
  connection_->close(core::Failure{Fault::closed, "logged out", {}});
}

}  // namespace imapferry::imap
