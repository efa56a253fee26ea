#pragma once

#include "command_reader.hpp"
#include "fetch_request.hpp"
#include "imap/proto/capabilities.hpp"
#include "imap/proto/lexer.hpp"
#include "imap/proto/uid_set.hpp"
#include "net/stream.hpp"
#include "receiver.hpp"
#include "sink_store.hpp"
#include "store.hpp"
#include "traffic.hpp"
#include "verb.hpp"
#include "world.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imapferry::bench::synthetic {

/// One client's connection, from the greeting to the end. Everything that is answered is gathered in `out_` and goes
/// out when the client has nothing more to say, or when there is much of it.
class Session {
 public:
  /// All of these must outlive the session.
  Session(net::Stream& stream, World& world, Store& store, const imap::proto::Capabilities& capabilities,
          Traffic& traffic);

  /// Throws core::Error when the connection is lost.
  boost::asio::awaitable<void> run();

 private:
  // So much is gathered before it is written.
  static constexpr std::size_t full_output = std::size_t{256} << 10;

  enum class Mode { read_write, read_only };
  enum class By { number, uid };

  /// Messages that follow each other: positions [first, last).
  struct Run {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  /// An APPEND that is under way, literal by literal.
  struct Append {
    explicit Append(SinkMailbox* mailbox);
    SinkMailbox* target;
    Receiver receiver;
    std::vector<Record> arrived;  // stored together when the command has ended
    FlagBits flags = 0;
    std::int64_t date = 0;
  };

  boost::asio::awaitable<bool> serve_next();
  boost::asio::awaitable<void> flush();
  boost::asio::awaitable<void> flush_if_full();

  // Commands
  boost::asio::awaitable<void> perform();
  bool begin_command(imap::proto::Lexer& lexer, Verb& verb);
  [[nodiscard]] bool is_allowed(Verb verb);
  void perform_simple(Verb verb, imap::proto::Lexer& lexer);
  [[nodiscard]] bool offers(imap::proto::Capability capability) const { return capabilities_.has(capability); }
  [[nodiscard]] std::string capability_text() const;

  // The end of a command
  void tell(std::string_view line);
  void ok(std::string_view text);
  void no(std::string_view text);
  void bad(std::string_view text);

  // Login
  void log_in(imap::proto::Lexer& lexer);
  void authenticate(imap::proto::Lexer& lexer);
  void authenticate_with(std::string_view response);
  void enter(std::string_view user);
  void enable(imap::proto::Lexer& lexer);

  // Mailboxes
  void list(imap::proto::Lexer& lexer, Verb verb);
  void status(imap::proto::Lexer& lexer);
  [[nodiscard]] std::string status_text(const Mailbox& mailbox, std::string_view items) const;
  void create(imap::proto::Lexer& lexer);
  void subscribe(imap::proto::Lexer& lexer, bool is_subscribed);
  void select(imap::proto::Lexer& lexer, Mode mode);
  void tell_selected();
  void resynchronise(imap::proto::Lexer& lexer);
  void leave_mailbox();
  /// What has come and gone in the selected mailbox since this was last told.
  void tell_changes();

  // Messages
  [[nodiscard]] std::vector<Run> runs_of(std::string_view set, By by) const;
  [[nodiscard]] bool read_runs(imap::proto::Lexer& lexer, By by, std::vector<Run>& runs);
  boost::asio::awaitable<void> fetch(imap::proto::Lexer& lexer, By by);
  boost::asio::awaitable<void> answer(const FetchRequest& request, const std::vector<Run>& runs);
  boost::asio::awaitable<void> answer_one(const FetchRequest& request, std::uint32_t position, const MessageInfo& info);
  boost::asio::awaitable<void> send_section(const FetchItem& item);
  void tell_vanished(std::uint32_t up_to);
  void search(imap::proto::Lexer& lexer, By by);
  void store_flags(imap::proto::Lexer& lexer, By by);
  void expunge(const std::vector<Run>& runs);

  // APPEND
  bool take_literal();
  void announce_append();
  [[nodiscard]] std::string begin_append(imap::proto::Lexer& lexer);
  [[nodiscard]] std::string read_append_arguments(imap::proto::Lexer& lexer);
  void take_data();
  void end_append();

  net::Stream& stream_;
  World& world_;
  Store& store_;
  const imap::proto::Capabilities& capabilities_;
  Traffic& traffic_;
  CommandReader reader_;
  std::string out_;
  imap::proto::Scratch scratch_;
  std::string tag_;
  bool awaits_sasl_ = false;
  bool is_over_ = false;
  bool has_logged_out_ = false;

  std::shared_ptr<Account> account_;
  Mailbox* selected_ = nullptr;
  Mode mode_ = Mode::read_only;
  bool has_qresync_ = false;
  std::uint32_t told_exists_ = 0;
  std::size_t told_expunged_ = 0;
  Content content_;
  std::string section_scratch_;

  std::optional<Append> append_;
  std::string append_refusal_;  // told when a refused APPEND has come to its end
  bool is_appending_ = false;
};

}  // namespace imapferry::bench::synthetic
