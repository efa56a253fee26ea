#pragma once

#include "core/failure.hpp"
#include "imap/connection.hpp"
#include "imap/proto/flags.hpp"
#include "imap/proto/quota.hpp"
#include "imap/server.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::imap {

/// STATUS data.
struct MailboxStatus {
  std::uint32_t messages = 0;
  std::uint32_t uid_next = 0;
  std::uint32_t uid_validity = 0;
  std::uint64_t mod_seq = 0;          ///< HIGHESTMODSEQ, where changes are tracked and the server tells; else 0
  std::optional<std::uint64_t> size;  ///< where the server has STATUS=SIZE
};

/// A line of LIST.
struct ListEntry {
  std::string wire;  ///< the name as the server spells it
  char delimiter = '\0';
  std::uint32_t attributes = 0;  ///< proto::ListAttribute bits
  std::string special_use;
  bool is_subscribed = false;
  std::optional<MailboxStatus> status;  ///< when the server has LIST-STATUS (RFC 5819) and can select the mailbox
};

/// What SELECT or EXAMINE told.
struct MailboxState {
  std::uint32_t exists = 0;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;
  std::uint64_t mod_seq = 0;  ///< HIGHESTMODSEQ, or 0 where the server tells none
  bool is_read_only = false;
  proto::PermanentFlags permanent_flags;
};

enum class SelectMode { read_only, read_write };

/// What NAMESPACE told (RFC 2342).
struct Namespaces {
  std::vector<proto::Namespace> personal, foreign;
};

/// A connection on which a user is logged in, with typed commands. A refused command is a Failure with the server's
/// words; a lost connection throws core::Error. The selected mailbox is followed: exists() is kept up to date.
class Session : private proto::UnsolicitedHandler {
 public:
  /// Connects and protects. Throws core::Error with the host, the port and the phase.
  static boost::asio::awaitable<std::unique_ptr<Session>> greet(const Server& server, const Route& route);
  /// Logs in and learns the capabilities. Throws likewise.
  boost::asio::awaitable<void> enter(const Server& server, const Route& route, const Credentials& credentials);
  /// Both over a stream that is connected already.
  static boost::asio::awaitable<std::unique_ptr<Session>>
  open(std::unique_ptr<net::Stream> stream, const Server& server, const Route& route, const Credentials& credentials);
  static boost::asio::awaitable<std::unique_ptr<Session>> greet(std::unique_ptr<net::Stream> stream,
                                                                const Server& server, const Route& route);

  ~Session() override;

  [[nodiscard]] const proto::Capabilities& capabilities() const { return connection_->capabilities(); }
  [[nodiscard]] bool has(proto::Capability capability) const { return capabilities().has(capability); }
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  [[nodiscard]] std::string protection() const { return connection_->stream().protection(); }
  [[nodiscard]] const std::string& greeting() const { return connection_->greeting().text; }
  /// "Dovecot 2.3.19", from ID; empty when the server did not say.
  [[nodiscard]] const std::string& software() const noexcept { return software_; }
  [[nodiscard]] Connection& connection() noexcept { return *connection_; }
  [[nodiscard]] bool is_open() const noexcept { return connection_->is_open(); }

  /// Exchanges ID (RFC 2971) where the server has it: software() is known then.
  boost::asio::awaitable<void> introduce();
  /// ENABLE (RFC 5161): which of `names` ("CONDSTORE QRESYNC") the server has switched on; none where it cannot.
  boost::asio::awaitable<proto::Capabilities> enable(std::string_view names);
  /// The name spaces of the user, of others and of all; empty when the server has none to tell.
  boost::asio::awaitable<Namespaces> namespaces();
  /// The tightest limit of the room that a mailbox shares with others, as GETQUOTAROOT tells it; without a limit where
  /// the server knows none.
  boost::asio::awaitable<proto::StorageQuota> storage_quota(std::string_view mailbox);
  /// Every mailbox, with subscriptions, special uses and, where LIST-STATUS is offered, its status: in one round trip.
  boost::asio::awaitable<core::Result<std::vector<ListEntry>>> list();
  boost::asio::awaitable<core::Result<MailboxStatus>> status(std::string_view mailbox);
  boost::asio::awaitable<core::Result<MailboxState>> select(std::string_view mailbox, SelectMode mode);
  /// The UIDs of the selected mailbox up to `last`, as a set: ESEARCH (RFC 4731) where the server has it.
  boost::asio::awaitable<core::Result<proto::UidSet>> uids_up_to(proto::Uid last);
  /// The UIDs of messages that match `criteria`, which are sent as they are; 8-bit ones as UTF-8.
  boost::asio::awaitable<core::Result<proto::UidSet>> search(std::string criteria);
  boost::asio::awaitable<void> unselect();
  /// A mailbox that is there already is no failure. `special_use` ("\\Sent", or empty) is what it is for, where the
  /// server has CREATE-SPECIAL-USE (RFC 6154); if it does not want that, the mailbox is created without.
  boost::asio::awaitable<std::optional<core::Failure>> create(std::string_view mailbox,
                                                              std::string_view special_use = {});
  /// One that is not there is no failure.
  boost::asio::awaitable<std::optional<core::Failure>> remove(std::string_view mailbox);
  boost::asio::awaitable<std::optional<core::Failure>> subscribe(std::string_view mailbox);
  boost::asio::awaitable<std::optional<core::Failure>> unsubscribe(std::string_view mailbox);
  /// Who may do what with a mailbox (RFC 4314).
  boost::asio::awaitable<core::Result<std::vector<proto::AclResponse::Entry>>> rights_of(std::string_view mailbox);
  /// Gives somebody these rights and no others; "" takes all of them away.
  boost::asio::awaitable<std::optional<core::Failure>> set_rights(std::string_view mailbox, std::string_view identifier,
                                                                  std::string_view rights);
  /// The UIDs of all messages of the selected mailbox, by SEARCH.
  boost::asio::awaitable<core::Result<proto::UidSet>> all_uids();
  /// `items` as in "(UID FLAGS)"; the data goes to the handler.
  boost::asio::awaitable<proto::CommandResult> uid_fetch(std::string_view uids, std::string_view items,
                                                         proto::ResponseHandler& handler);
  /// `change` as STORE takes it: "FLAGS.SILENT (\\Seen)", "+FLAGS.SILENT (...)".
  boost::asio::awaitable<std::optional<core::Failure>> uid_store(std::string_view uids, std::string_view change);
  /// Marks messages as deleted and expunges just these: by UID EXPUNGE (RFC 4315), or by EXPUNGE if no others are
  /// marked.
  boost::asio::awaitable<std::optional<core::Failure>> uid_delete(std::string_view uids);
  /// Removes everything that is marked as deleted, whoever has marked it.
  boost::asio::awaitable<std::optional<core::Failure>> expunge();
  /// Lets the server speak: brings exists() up to date.
  boost::asio::awaitable<void> noop();
  /// Says goodbye and closes. Never throws: an end is an end.
  boost::asio::awaitable<void> logout();

  /// How many messages the selected mailbox holds, as last told.
  [[nodiscard]] std::uint32_t exists() const noexcept { return exists_; }
  /// How often the server has told of flags that another session has set.
  [[nodiscard]] std::uint64_t foreign_changes() const noexcept { return foreign_changes_; }
  /// Whether the server tells which messages have vanished since a HIGHESTMODSEQ (QRESYNC, RFC 7162).
  [[nodiscard]] bool tells_vanished() const {
    return tracks_changes_ && has(proto::Capability::qresync) && !enabling_.is_refused;
  }

 private:
  Session(std::unique_ptr<Connection> connection, const Server& server, const Route& route);
  void on_unsolicited(const proto::Response& response) override;
  boost::asio::awaitable<void> log_in(const Route& route, const Credentials& credentials);
  boost::asio::awaitable<void> protect(const Server& server, const Route& route);
  boost::asio::awaitable<void> authenticate(const Route& route, const Credentials& credentials);
  boost::asio::awaitable<void> learn_capabilities();
  boost::asio::awaitable<void> compress();
  [[nodiscard]] std::string mechanism_for(const Credentials& credentials) const;
  [[nodiscard]] bool may_fall_back(const Route& route, const Credentials& credentials, std::string_view mechanism,
                                   const core::Failure& failure) const;
  void check_exposure(const Route& route, std::string_view mechanism) const;
  boost::asio::awaitable<proto::CommandResult> log_in_by(const Credentials& credentials, const std::string& mechanism);
  boost::asio::awaitable<proto::CommandResult> log_in_plainly(const std::string& user, const core::Secret& password);
  boost::asio::awaitable<proto::CommandResult> log_in_by_sasl(const Credentials& credentials,
                                                              const std::string& mechanism);
  boost::asio::awaitable<proto::CommandResult> log_in_as_master(const core::Secret& password);
  boost::asio::awaitable<void> become(const std::string& how, const std::string& user);
  boost::asio::awaitable<void> learn_subscriptions(std::vector<ListEntry>& entries);
  void enable_resync();
  [[nodiscard]] std::string status_items() const;

  /// Hears whether ENABLE QRESYNC has done what it says: some servers only advertise it.
  struct Enabling : proto::ResponseHandler {
    void on(const proto::Response& response) override;
    void done(const proto::CommandResult& result) override;
    bool is_asked = false;
    bool is_confirmed = false;
    bool is_refused = false;
  };

  Enabling enabling_;  ///< outlives the connection, where its command may be in flight
  std::unique_ptr<Connection> connection_;
  std::string host_;
  std::uint16_t port_;
  std::string address_;
  std::string software_;
  bool tracks_changes_;
  std::uint32_t exists_ = 0;
  std::uint64_t foreign_changes_ = 0;
};

}  // namespace imapferry::imap
